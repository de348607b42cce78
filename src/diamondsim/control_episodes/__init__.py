"""Exports after earlier Chinese controls, month by month, as data (docs/episodes.md)."""

from diamondsim.control_episodes.dataset import episodes
from diamondsim.control_episodes.shares import episode_shares

__all__ = ["episode_shares", "episodes"]
