"""The database itself refuses to change or delete journal entries, and the chain cannot fork."""

from django.db import migrations, models

SQLITE_INSTALL = [
    """CREATE TRIGGER journal_no_update BEFORE UPDATE ON accounts_journalentry
       BEGIN SELECT RAISE(ABORT, 'journal entries are never changed'); END""",
    """CREATE TRIGGER journal_no_delete BEFORE DELETE ON accounts_journalentry
       BEGIN SELECT RAISE(ABORT, 'journal entries are never deleted'); END""",
]
SQLITE_REMOVE = [
    "DROP TRIGGER IF EXISTS journal_no_update",
    "DROP TRIGGER IF EXISTS journal_no_delete",
]
POSTGRESQL_INSTALL = [
    """CREATE OR REPLACE FUNCTION journal_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'journal entries are never changed or deleted'; END $$""",
    """CREATE TRIGGER journal_no_change BEFORE UPDATE OR DELETE ON accounts_journalentry
       FOR EACH ROW EXECUTE FUNCTION journal_is_final()""",
    """CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON accounts_journalentry
       FOR EACH STATEMENT EXECUTE FUNCTION journal_is_final()""",
]
POSTGRESQL_REMOVE = [
    "DROP TRIGGER IF EXISTS journal_no_change ON accounts_journalentry",
    "DROP TRIGGER IF EXISTS journal_no_truncate ON accounts_journalentry",
    "DROP FUNCTION IF EXISTS journal_is_final()",
]


def _run(schema_editor, statements):
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def install(_apps, schema_editor):
    _run(schema_editor, {"sqlite": SQLITE_INSTALL, "postgresql": POSTGRESQL_INSTALL})


def remove(_apps, schema_editor):
    _run(schema_editor, {"sqlite": SQLITE_REMOVE, "postgresql": POSTGRESQL_REMOVE})


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0001_people_and_journal"),
    ]

    operations = [
        migrations.AlterField(
            model_name="journalentry",
            name="previous_hash",
            field=models.CharField(max_length=64, unique=True),
        ),
        migrations.RunPython(install, remove),
    ]
