"""Suppliers, contracts, hand-ins and acceptance are written by verbs that refuse what cannot be, and journaled."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace

import pytest
from django.db import connection

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.contracts import services
from yuqiao.contracts.models import Contract, Deliverable, HandIn, Supplier
from yuqiao.contracts.rules import ContractError
from yuqiao.contracts.services import Facts

pytestmark = [pytest.mark.database, pytest.mark.django_db]
D = dt.date
FACTS = Facts("HT-2023-1", "标识监测", "three_quotes", 9_000_000, D(2023, 3, 1), D(2023, 12, 31))


@pytest.fixture
def alice() -> Person:
    return Person.objects.create(username="alice")


@pytest.fixture
def contract(alice: Person) -> Contract:
    return services.add_contract(services.add_supplier("监测公司", by=alice), FACTS, by=alice)


def refused(code: str) -> pytest.RaisesExc[ContractError]:
    return pytest.RaisesExc(ContractError, check=lambda error: error.code == code)


def quote(contract: Contract, party: str, fen: int = 100) -> None:
    services.add_paper(contract, "quote", "报价", D(2023, 2, 1), by=None, party=party, amount_fen=fen)


def test_s13_three_quotes_are_in_the_file_before_the_contract_is_signed(contract: Contract, alice: Person) -> None:
    for party in ("甲", "乙"):
        quote(contract, party)
    with refused("same_party"):
        quote(contract, " 甲 ")
    with refused("party"):
        quote(contract, "丙", 0)
    with pytest.raises(ContractError) as lacking:
        services.sign(contract, D(2023, 8, 25), by=alice)
    assert lacking.value.zh == "采购文件不齐，不能登记签订：报价单有2份，需3份；比价记录有0份，需1份。"
    quote(contract, "丙")
    services.add_paper(contract, "comparison", "比价记录", D(2023, 2, 20), by=alice)
    signed = services.sign(contract, D(2023, 8, 25), by=alice)
    assert signed.signed_on == D(2023, 8, 25)
    with refused("signed"):
        services.sign(contract, D(2023, 8, 26), by=alice)
    with refused("signed"):
        services.change_contract(contract, FACTS, by=alice)
    assert [one.kind for one in services.missing_of(signed)] == ["contract"]


def test_names_and_numbers_are_given_once(contract: Contract, alice: Person) -> None:
    with refused("supplier_taken"):
        services.add_supplier(" 监测公司 ", by=alice)
    supplier = Supplier.objects.get()
    with refused("number_taken"):
        services.add_contract(supplier, FACTS, by=alice)
    other = services.add_contract(supplier, replace(FACTS, number="HT-2023-2"), by=alice)
    with refused("number_taken"):
        services.change_contract(other, FACTS, by=alice)
    changed = services.change_contract(other, replace(FACTS, number="HT-2023-2", amount_fen=5), by=alice)
    assert changed.amount_fen == 5
    assert JournalEntry.objects.get(action="contract.change").detail == {"fields": ["amount_fen"]}


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (replace(FACTS, procurement="nothing"), "procurement"),
        (replace(FACTS, amount_fen=0), "amount"),
        (replace(FACTS, ends_on=D(2023, 2, 28)), "order"),
        (replace(FACTS, number=" "), "text"),
        (replace(FACTS, subject="长" * 201), "text"),
    ],
)
def test_a_contract_that_cannot_be_is_refused(facts: Facts, code: str, alice: Person) -> None:
    with refused(code):
        services.add_contract(services.add_supplier("公司", by=alice), facts, by=alice)
    assert not Contract.objects.exists()


def test_s80_the_first_hand_in_stays_the_first(contract: Contract, alice: Person) -> None:
    summary = services.add_deliverable(contract, "half_year_summary", "半年总结", D(2023, 7, 31), by=alice)
    first = services.hand_in(summary, D(2023, 7, 20), by=alice)
    second = services.hand_in(summary, D(2023, 12, 20), by=alice, note="补充数据", sha256="a" * 64)
    assert (first.version, second.version) == (1, 2)
    with refused("before_last"):
        services.hand_in(summary, D(2023, 8, 1), by=alice)
    with refused("future"):
        services.hand_in(summary, D(2099, 1, 1), by=alice)
    services.withdraw(first, "误登", by=alice)
    with refused("withdrawn"):
        services.withdraw(first, "误登", by=alice)
    with refused("reason"):
        services.withdraw(second, "", by=alice)
    assert services.hand_in(summary, D(2023, 12, 21), by=alice).version == 3


def test_s79_s81_what_stands_between_a_contract_and_its_payment(contract: Contract, alice: Person) -> None:
    services.add_deliverable(contract, "report", "监测报告", D(2023, 11, 30), by=alice)
    failed = services.accept(contract, "中期", "采集数量", D(2023, 9, 1), passed=False, by=alice)
    found = services.obstacles_of(contract, D(2023, 12, 1))
    assert found[0] == "合同尚未签订。"
    assert found[-2:] == ["“监测报告”应于2023-11-30提交，尚未提交。", "“中期 采集数量”验收不合格。"]
    services.withdraw(failed, "误登", by=alice)
    assert "验收不合格" not in "".join(services.obstacles_of(contract, D(2023, 12, 1)))


def test_every_verb_is_journaled_with_who_did_it(contract: Contract, alice: Person) -> None:
    services.accept(contract, "中期", "采集数量", D(2023, 9, 1), passed=True, by=alice)
    actions = JournalEntry.objects.filter(actor=alice).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["supplier.add", "contract.add", "acceptance.enter"]


@pytest.mark.django_db(transaction=True)
def test_hand_ins_at_the_same_time_get_numbers_of_their_own(contract: Contract) -> None:
    asked = Deliverable.objects.create(contract=contract, kind="report", title="报告")

    def run() -> None:
        try:
            for _ in range(5):
                services.hand_in(asked, D(2023, 9, 1), by=None)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(HandIn.objects.values_list("version", flat=True)) == list(range(1, 16))
