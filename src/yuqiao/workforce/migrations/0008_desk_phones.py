"""The page of an interpreter's desk as her telephone, and why she is on a break.

SQLite makes a table anew when it gets a column, and its triggers are lost with the old one: so they go before and are
made again after, with the contact that is rung now.
"""

from django.db import migrations, models

#: Columns that are as in the interpreter's own row.
SAME = (
    "number", "mobile", "mobile_days", "mobile_begins", "mobile_ends", "gender", "domains", "only_lines",
    "barred_lines", "idle_since", "worked_since", "worked_until", "calls_since_pause",
)
#: Off shift, those of the city's own seats are rung on their mobiles (S49).
TIER = "CASE WHEN {0}.state = 'off' AND {0}.tier IN ('resident', 'remote') THEN 'mobile' ELSE {0}.tier END"
#: Who is held is neither ready nor off, whatever else her row says.
STATE = "CASE WHEN {0}.held_by <> '' AND {0}.state IN ('ready', 'off') THEN 'claimed' ELSE {0}.state END"
#: While the page of her desk is her telephone and open, it is rung in place of her own contact.
CONTACT = "CASE WHEN {0}.desk_contact <> '' THEN {0}.desk_contact ELSE {0}.contact END"
CHANGE = (
    "UPDATE workforce_duty SET tier = " + TIER.format("NEW") + ", state = " + STATE.format("NEW") + ", "
    "contact = " + CONTACT.format("NEW") + ", "
    + ", ".join(f"{name} = NEW.{name}" for name in SAME) + " WHERE interpreter_id = NEW.id"
)
FILL = (
    "INSERT INTO workforce_duty (held_id, interpreter_id, language, level, tier, state, contact, " + ", ".join(SAME) + ") "
    "SELECT l.id, i.id, l.language, l.level, " + TIER.format("i") + ", " + STATE.format("i") + ", " + CONTACT.format("i") + ", "
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
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def remove(_apps, schema_editor):
    for statement in {"sqlite": SQLITE_REMOVE, "postgresql": POSTGRESQL_REMOVE}[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ("workforce", "0007_duty_follows"),
    ]

    operations = [
        migrations.RunPython(remove, migrations.RunPython.noop),
        migrations.AddField(
            model_name='interpreter',
            name='browser_phone',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='interpreter',
            name='desk_contact',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='interpreter',
            name='desk_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='presencespan',
            name='reason',
            field=models.CharField(blank=True, choices=[('rest', '休息'), ('meal', '用餐'), ('training', '培训、会议'), ('technical', '设备故障')], default='', max_length=10),
        ),
        migrations.RunPython(install, remove),
    ]
