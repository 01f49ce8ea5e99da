"""Who is on duty for a language in one narrow table, so that routing reads no other; the database keeps it right."""

from django.db import migrations

#: Columns that are as in the interpreter's own row.
SAME = (
    "number", "contact", "mobile", "mobile_days", "mobile_begins", "mobile_ends", "gender", "domains", "only_lines",
    "barred_lines", "idle_since", "worked_since", "worked_until", "calls_since_pause",
)
#: Off shift, those of the city's own seats are rung on their mobiles (S49).
TIER = "CASE WHEN {0}.state = 'off' AND {0}.tier IN ('resident', 'remote') THEN 'mobile' ELSE {0}.tier END"
#: Who is held is neither ready nor off, whatever else her row says.
STATE = "CASE WHEN {0}.held_by <> '' AND {0}.state IN ('ready', 'off') THEN 'claimed' ELSE {0}.state END"
CHANGE = (
    "UPDATE workforce_duty SET tier = " + TIER.format("NEW") + ", state = " + STATE.format("NEW") + ", "
    + ", ".join(f"{name} = NEW.{name}" for name in SAME) + " WHERE interpreter_id = NEW.id"
)
FILL = (
    "INSERT INTO workforce_duty (held_id, interpreter_id, language, level, tier, state, " + ", ".join(SAME) + ") "
    "SELECT l.id, i.id, l.language, l.level, " + TIER.format("i") + ", " + STATE.format("i") + ", "
    + ", ".join(f"i.{name}" for name in SAME)
    + " FROM workforce_interpreterlanguage l JOIN workforce_interpreter i ON i.id = l.interpreter_id"
)
CLEAR = "DELETE FROM workforce_duty WHERE held_id = OLD.id"

SQLITE = [
    f"CREATE TRIGGER duty_follows AFTER UPDATE ON workforce_interpreter BEGIN {CHANGE}; END",
    f"CREATE TRIGGER duty_begins AFTER INSERT ON workforce_interpreterlanguage BEGIN {FILL} WHERE l.id = NEW.id; END",
    f"""CREATE TRIGGER duty_changes AFTER UPDATE ON workforce_interpreterlanguage
        BEGIN {CLEAR}; {FILL} WHERE l.id = NEW.id; END""",
    f"CREATE TRIGGER duty_ends AFTER DELETE ON workforce_interpreterlanguage BEGIN {CLEAR}; END",
]
POSTGRESQL = [
    f"""CREATE OR REPLACE FUNCTION duty_of_interpreter() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN {CHANGE}; RETURN NULL; END $$""",
    f"""CREATE OR REPLACE FUNCTION duty_of_language() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP <> 'INSERT' THEN {CLEAR}; END IF;
          IF TG_OP <> 'DELETE' THEN {FILL} WHERE l.id = NEW.id; END IF;
          RETURN NULL;
        END $$""",
    """CREATE TRIGGER duty_follows AFTER UPDATE ON workforce_interpreter
       FOR EACH ROW EXECUTE FUNCTION duty_of_interpreter()""",
    """CREATE TRIGGER duty_follows AFTER INSERT OR UPDATE OR DELETE ON workforce_interpreterlanguage
       FOR EACH ROW EXECUTE FUNCTION duty_of_language()""",
]
SQLITE_REMOVE = [f"DROP TRIGGER IF EXISTS {name}" for name in ("duty_follows", "duty_begins", "duty_changes", "duty_ends")]
POSTGRESQL_REMOVE = [
    "DROP TRIGGER IF EXISTS duty_follows ON workforce_interpreter",
    "DROP TRIGGER IF EXISTS duty_follows ON workforce_interpreterlanguage",
    "DROP FUNCTION IF EXISTS duty_of_interpreter()",
    "DROP FUNCTION IF EXISTS duty_of_language()",
]


def install(_apps, schema_editor):
    for statement in [FILL, *{"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]]:
        schema_editor.execute(statement, params=None)


def remove(_apps, schema_editor):
    for statement in {"sqlite": SQLITE_REMOVE, "postgresql": POSTGRESQL_REMOVE}[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ("workforce", "0006_duty"),
    ]

    operations = [
        migrations.RunPython(install, remove),
    ]
