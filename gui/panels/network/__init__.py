"""The settings of the network and of its training."""
