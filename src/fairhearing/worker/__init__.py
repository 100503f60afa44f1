"""Background work: job entry points, the ticks between them, and the process that runs both."""
