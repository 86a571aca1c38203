"""What other programs say about the same training: they are asked, and no part of `make test`."""
