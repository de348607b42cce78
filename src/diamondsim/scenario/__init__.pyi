from .branches import (
    ForkMap as ForkMap,
    Outcome as Outcome,
)
from .buyers import (
    Buyer as Buyer,
    Qualify as Qualify,
    use_of as use_of,
)
from .checks.names import (
    ANY as ANY,
    CIVIL as CIVIL,
)
from .controls import (
    ANY_REGION as ANY_REGION,
    DEFAULT_LICENSING as DEFAULT_LICENSING,
    IN_EFFECT as IN_EFFECT,
    LICENSING_NUMBERS as LICENSING_NUMBERS,
    Control as Control,
    Covers as Covers,
    Diversion as Diversion,
    Equipment as Equipment,
    Licensing as Licensing,
    Overcompliance as Overcompliance,
    Spillover as Spillover,
    WatchList as WatchList,
)
from .fields import (
    ONCE as ONCE,
    Drawn as Drawn,
)
from .financing import (
    FAILURES as FAILURES,
    CallSurcharge as CallSurcharge,
    FundingCall as FundingCall,
    Tranche as Tranche,
)
from .json_schema import scenario_schema as scenario_schema
from .load import (
    load_scenario as load_scenario,
    read_scenario as read_scenario,
)
from .market import (
    Lane as Lane,
    Use as Use,
)
from .policies import (
    DEFAULT_INVENTORY_POLICY as DEFAULT_INVENTORY_POLICY,
    Feed as Feed,
    InventoryPolicy as InventoryPolicy,
    Noise as Noise,
)
from .prices import (
    Prices as Prices,
    Since as Since,
    Supply as Supply,
    Surcharge as Surcharge,
)
from .sampling import (
    MOST_DIMENSIONS as MOST_DIMENSIONS,
    split_pair as split_pair,
)
from .provenance import StatedNumber as StatedNumber
from .scenario import (
    Scenario as Scenario,
    require_scenario as require_scenario,
)
from .schema import Content as Content
from .sellers import (
    ASKS_MARKET_PRICE as ASKS_MARKET_PRICE,
    Facility as Facility,
    Producer as Producer,
)
from .sentences import key_meaning as key_meaning
from .shipped import (
    Listing as Listing,
    shipped_scenarios as shipped_scenarios,
)
from .source import (
    FILE_SUFFIXES as FILE_SUFFIXES,
    parse_value as parse_value,
)
from .streams import (
    drawn_at as drawn_at,
    latent_words as latent_words,
    stream_name as stream_name,
)
from .totals import PublishedTotal as PublishedTotal
from .tree import Path as Path
