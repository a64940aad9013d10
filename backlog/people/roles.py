"""What a person or token may do; each role may do all that the ones before it may."""

import enum

from backlog.errors import N_


class Role(enum.StrEnum):
    VIEWER = "viewer"
    CONTRIBUTOR = "contributor"
    DEPARTMENT_LEAD = "department_lead"
    PRODUCT_OWNER = "product_owner"
    ADMINISTRATOR = "administrator"

    @property
    def level(self) -> int:
        return ORDER.index(self)

    def may(self, needed: "Role | str") -> bool:
        """True when this role includes what the needed one may do; templates name it as text."""
        return self.level >= Role(needed).level

    @property
    def label(self) -> str:
        return LABELS[self]


ORDER = list(Role)
LABELS = {
    Role.VIEWER: N_("Viewer"),
    Role.CONTRIBUTOR: N_("Contributor"),
    Role.DEPARTMENT_LEAD: N_("Department lead"),
    Role.PRODUCT_OWNER: N_("Product owner"),
    Role.ADMINISTRATOR: N_("Administrator"),
}
