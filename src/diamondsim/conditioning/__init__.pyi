from .conditioned_run import (
    ConditioningWarning as ConditioningWarning,
    condition as condition,
    with_observations as with_observations,
)
from .observation import Observation as Observation
from .read import read_observations as read_observations
from .weighing import (
    Conditioning as Conditioning,
    weigh as weigh,
)
