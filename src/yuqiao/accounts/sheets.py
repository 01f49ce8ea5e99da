"""People, departments and districts as tables: their columns, and the rows they become. Reads no database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from yuqiao.accounts.departments import Office
from yuqiao.accounts.models import Role
from yuqiao.lib.cells import YES_NO
from yuqiao.lib.tables import Column, Kind, named, parts, yes

ROLE_NAMES: Final = {role.value: role.label for role in Role}
LANGUAGE_NAMES: Final = {"zh-hans": "中文", "en": "英文"}


@dataclass(frozen=True, slots=True)
class Listed:
    """A person as a table has her: ``roles`` are codes, an agent's with her line (``agent:12345``), in order."""

    username: str
    display_name: str = ""
    email: str = ""
    department: str = ""
    interface_language: str = "zh-hans"
    is_active: bool = True
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Area:
    """A district as it is to be."""

    code: str
    name_zh: str
    name_en: str = ""


_write_role, _read_role = named(ROLE_NAMES)


def _roles_written(roles: tuple[str, ...]) -> str:
    split = (role.partition(":") for role in roles)
    return ",".join(f"{_write_role(role)}{colon}{line}" for role, colon, line in split)


def _roles_read(text: str) -> tuple[str, ...]:
    split = (part.replace("：", ":").partition(":") for part in parts(text))
    return tuple(sorted({f"{_read_role(role.strip())}{colon}{line.strip()}" for role, colon, line in split}))


PEOPLE: Final[Kind[Listed]] = Kind(
    "人员",
    (
        Column("用户名", "username"),
        Column("姓名", "display_name"),
        Column("电子邮箱", "email"),
        Column("部门编码", "department"),
        Column("界面语言", "interface_language", *named(LANGUAGE_NAMES)),
        Column("可登录", "is_active", YES_NO.__getitem__, yes),
        Column("角色", "roles", _roles_written, _roles_read),
    ),
    Listed,
    ("username",),
)
DEPARTMENTS: Final[Kind[Office]] = Kind(
    "部门",
    (
        Column("部门编码", "code"),
        Column("中文名称", "name_zh"),
        Column("英文名称", "name_en"),
        Column("上级部门编码", "parent"),
        Column("区编码", "district"),
    ),
    Office,
    ("code",),
)
DISTRICTS: Final[Kind[Area]] = Kind(
    "区",
    (Column("区编码", "code"), Column("中文名称", "name_zh"), Column("英文名称", "name_en")),
    Area,
    ("code",),
)
