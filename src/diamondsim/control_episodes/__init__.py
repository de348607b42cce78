"""Exports after earlier Chinese controls, month by month, as data (docs/episodes.md)."""

from diamondsim.control_episodes.dataset import episodes
from diamondsim.control_episodes.shares import Series, episode_shares, share_series

__all__ = ["Series", "episode_shares", "episodes", "share_series"]
