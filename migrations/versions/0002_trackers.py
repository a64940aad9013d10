"""Connections, links, conflicts and what waits to be delivered; when an initiative is due, where a comment is from"""

import sqlalchemy as sa
from alembic import op

from backlog import database
from backlog.trackers.sentences import Kept

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "connection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("base_url", sa.String(length=500), nullable=False),
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("project_id", sa.String(length=100), nullable=False),
        sa.Column("credentials", sa.Text(), nullable=False),
        sa.Column("renewing_by", sa.String(length=64), nullable=False),
        sa.Column("renewing_until", database.UTC(timezone=True), nullable=True),
        sa.Column("expires_at", database.UTC(timezone=True), nullable=True),
        sa.Column("account_id", sa.String(length=200), nullable=False),
        sa.Column("account_name", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "active", "paused", "stopped", "disconnected", name="connectionstate", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("problem", Kept(), nullable=True),
        sa.Column("detail", sa.String(length=500), nullable=False),
        sa.Column("problem_at", database.UTC(timezone=True), nullable=True),
        sa.Column("worked_by", sa.String(length=64), nullable=False),
        sa.Column("worked_until", database.UTC(timezone=True), nullable=True),
        sa.Column("worked_at", database.UTC(timezone=True), nullable=True),
        sa.Column("waits_until", database.UTC(timezone=True), nullable=True),
        sa.Column("waits_because", Kept(), nullable=True),
        sa.Column("troubles", sa.Integer(), nullable=False),
        sa.Column("stops", sa.Integer(), nullable=False),
        sa.Column("answered_at", database.UTC(timezone=True), nullable=True),
        sa.Column("swept_to", database.UTC(timezone=True), nullable=True),
        sa.Column("sweep_at", database.UTC(timezone=True), nullable=False),
        sa.Column("hook_id", sa.String(length=100), nullable=False),
        sa.Column("hook_expires_at", database.UTC(timezone=True), nullable=True),
        sa.Column("hook_secrets", sa.Text(), nullable=False),
        sa.Column("hook_at", database.UTC(timezone=True), nullable=True),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("created_at", database.UTC(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection")),
        sa.UniqueConstraint("name", name=op.f("uq_connection_name")),
    )
    op.create_table(
        "hook_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.String(length=200), nullable=False),
        sa.Column("event", sa.String(length=100), nullable=False),
        sa.Column("issue_id", sa.String(length=100), nullable=True),
        sa.Column("issue_key", sa.String(length=200), nullable=True),
        sa.Column("sender", sa.String(length=200), nullable=False),
        sa.Column("received_at", database.UTC(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("fk_hook_delivery_connection_id_connection")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_delivery")),
        sa.UniqueConstraint("connection_id", "delivery", name=op.f("uq_hook_delivery_connection_id_delivery")),
    )
    with op.batch_alter_table("hook_delivery", schema=None) as batch_op:
        batch_op.create_index("ix_hook_delivery_issue", ["connection_id", "issue_id", "received_at"], unique=False)
        batch_op.create_index("ix_hook_delivery_received_at", ["received_at"], unique=False)

    op.create_table(
        "tracker_write",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("issue", sa.String(length=100), nullable=False),
        sa.Column("at", database.UTC(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("fk_tracker_write_connection_id_connection")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracker_write")),
    )
    with op.batch_alter_table("tracker_write", schema=None) as batch_op:
        batch_op.create_index("ix_tracker_write_connection_id_at", ["connection_id", "at"], unique=False)

    op.create_table(
        "tracker_status",
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connection.id"],
            name=op.f("fk_tracker_status_connection_id_connection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("connection_id", "id", name=op.f("pk_tracker_status")),
    )

    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("marker", sa.String(length=32), nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=True),
        sa.Column("external_key", sa.String(length=200), nullable=True),
        sa.Column("url", sa.String(length=1000), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "in_step",
                "conflict",
                "failed",
                "unknown",
                "parked",
                name="linkstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "question",
            sa.Enum(
                "deleted",
                "moved",
                "no_access",
                "still_unknown",
                "doubled",
                "tries",
                "refused",
                name="question",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("base", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.Column("due_at", database.UTC(timezone=True), nullable=True),
        sa.Column("at_leisure", sa.Boolean(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("attempted_at", database.UTC(timezone=True), nullable=True),
        sa.Column("failing_since", database.UTC(timezone=True), nullable=True),
        sa.Column("last_error", Kept(), nullable=True),
        sa.Column("detail", sa.String(length=500), nullable=False),
        sa.Column("intent_at", database.UTC(timezone=True), nullable=True),
        sa.Column("after_key", sa.String(length=200), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("hinted_key", sa.String(length=200), nullable=True),
        sa.Column("asked_at", database.UTC(timezone=True), nullable=True),
        sa.Column("anew_at", database.UTC(timezone=True), nullable=True),
        sa.Column("settled_at", database.UTC(timezone=True), nullable=True),
        sa.Column("missed_at", database.UTC(timezone=True), nullable=True),
        sa.Column("theirs_at", database.UTC(timezone=True), nullable=True),
        sa.Column("comments_at", database.UTC(timezone=True), nullable=True),
        sa.Column("synced_at", database.UTC(timezone=True), nullable=True),
        sa.Column("created_at", database.UTC(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connection.id"], name=op.f("fk_link_connection_id_connection")),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_link_initiative_id_initiative"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint("connection_id", "external_id", name=op.f("uq_link_connection_id_external_id")),
        sa.UniqueConstraint("marker", name=op.f("uq_link_marker")),
    )
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index("ix_link_connection_due", ["connection_id", "due_at"], unique=False)
        batch_op.create_index("ix_link_connection_state", ["connection_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_link_initiative_id"), ["initiative_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_link_state"), ["state"], unique=False)
        batch_op.create_index(
            "uq_link_main",
            ["initiative_id", "connection_id"],
            unique=True,
            sqlite_where=sa.text("is_main"),
            postgresql_where=sa.text("is_main"),
        )

    op.create_table(
        "comment_tie",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("external_id", sa.String(length=100), nullable=True),
        sa.Column("is_ours", sa.Boolean(), nullable=False),
        sa.Column("marker", sa.String(length=32), nullable=False),
        sa.Column("intent_at", database.UTC(timezone=True), nullable=True),
        sa.Column("edited_at", database.UTC(timezone=True), nullable=True),
        sa.Column("let_go", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_comment_tie_comment_id_comment"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name=op.f("fk_comment_tie_link_id_link"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_tie")),
        sa.UniqueConstraint("link_id", "comment_id", name=op.f("uq_comment_tie_link_id_comment_id")),
        sa.UniqueConstraint("link_id", "external_id", name=op.f("uq_comment_tie_link_id_external_id")),
    )
    with op.batch_alter_table("comment_tie", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comment_tie_comment_id"), ["comment_id"], unique=False)

    op.create_table(
        "tracker_conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column(
            "field",
            sa.Enum(
                "title",
                "problem",
                "next_step",
                "evidence",
                "standing",
                "stage",
                "due",
                "lead",
                "effort",
                "score",
                "priority",
                "labels",
                "assignee",
                "comments",
                name="field",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("base", sa.JSON(), nullable=False),
        sa.Column("ours", sa.JSON(), nullable=False),
        sa.Column("ours_here", sa.JSON(), nullable=True),
        sa.Column("ours_by", sa.String(length=200), nullable=False),
        sa.Column("ours_at", database.UTC(timezone=True), nullable=True),
        sa.Column("theirs", sa.JSON(), nullable=False),
        sa.Column("theirs_by", sa.String(length=200), nullable=False),
        sa.Column("theirs_at", database.UTC(timezone=True), nullable=True),
        sa.Column("found_at", database.UTC(timezone=True), nullable=False),
        sa.Column("decision", sa.Enum("ours", "theirs", name="side", native_enum=False, length=32), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("decided_at", database.UTC(timezone=True), nullable=True),
        sa.Column("restored_at", database.UTC(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["link_id"], ["link.id"], name=op.f("fk_tracker_conflict_link_id_link"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracker_conflict")),
    )
    with op.batch_alter_table("tracker_conflict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tracker_conflict_link_id"), ["link_id"], unique=False)
        batch_op.create_index("ix_tracker_conflict_open", ["decision", "link_id"], unique=False)

    op.create_table(
        "undelivered",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column(
            "field",
            sa.Enum(
                "title",
                "problem",
                "next_step",
                "evidence",
                "standing",
                "stage",
                "due",
                "lead",
                "effort",
                "score",
                "priority",
                "labels",
                "assignee",
                "comments",
                name="field",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("inward", sa.Boolean(), nullable=False),
        sa.Column("dropped", sa.Boolean(), nullable=False),
        sa.Column("reason", Kept(), nullable=False),
        sa.Column("detail", sa.String(length=500), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_at", database.UTC(timezone=True), nullable=False),
        sa.Column("last_at", database.UTC(timezone=True), nullable=False),
        sa.Column(
            "end", sa.Enum("delivered", "discarded", "retried", name="end", native_enum=False, length=32), nullable=True
        ),
        sa.Column("ended_at", database.UTC(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name=op.f("fk_undelivered_link_id_link"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undelivered")),
    )
    with op.batch_alter_table("undelivered", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_undelivered_link_id"), ["link_id"], unique=False)
        batch_op.create_index("ix_undelivered_open", ["end", "link_id"], unique=False)

    # Not in batches: these would copy the tables, and lose that a key is never given out twice.
    op.add_column("comment", sa.Column("source", sa.String(length=200), nullable=False, server_default=""))
    op.add_column("initiative", sa.Column("due_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("initiative", "due_on")
    op.drop_column("comment", "source")
    with op.batch_alter_table("undelivered", schema=None) as batch_op:
        batch_op.drop_index("ix_undelivered_open")
        batch_op.drop_index(batch_op.f("ix_undelivered_link_id"))

    op.drop_table("undelivered")
    with op.batch_alter_table("tracker_conflict", schema=None) as batch_op:
        batch_op.drop_index("ix_tracker_conflict_open")
        batch_op.drop_index(batch_op.f("ix_tracker_conflict_link_id"))

    op.drop_table("tracker_conflict")
    with op.batch_alter_table("comment_tie", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comment_tie_comment_id"))

    op.drop_table("comment_tie")
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_index("uq_link_main", sqlite_where=sa.text("is_main"), postgresql_where=sa.text("is_main"))
        batch_op.drop_index(batch_op.f("ix_link_state"))
        batch_op.drop_index(batch_op.f("ix_link_initiative_id"))
        batch_op.drop_index("ix_link_connection_state")
        batch_op.drop_index("ix_link_connection_due")

    op.drop_table("link")
    op.drop_table("tracker_status")
    with op.batch_alter_table("tracker_write", schema=None) as batch_op:
        batch_op.drop_index("ix_tracker_write_connection_id_at")

    op.drop_table("tracker_write")
    with op.batch_alter_table("hook_delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_hook_delivery_received_at")
        batch_op.drop_index("ix_hook_delivery_issue")

    op.drop_table("hook_delivery")
    op.drop_table("connection")
