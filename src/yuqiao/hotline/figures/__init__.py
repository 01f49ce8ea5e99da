"""Numbers for reports, each with its definition, its numerator, its denominator and the rows behind both."""

from yuqiao.hotline.figures.percentiles import percentile

__all__ = ["percentile"]
