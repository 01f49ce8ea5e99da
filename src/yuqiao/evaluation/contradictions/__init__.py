"""Where a report contradicts itself, its figures or its registers (S122, S127, S137)."""
