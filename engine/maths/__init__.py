"""The lesson itself, and the tables it reads: activations, losses, optimizers. Read this first."""
