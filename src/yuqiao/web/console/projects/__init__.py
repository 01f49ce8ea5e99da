"""Pages of the performance evaluation: projects, their plan, evidence, process and documents."""
