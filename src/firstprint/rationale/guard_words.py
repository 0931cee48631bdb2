"""Words that a rationale may use without a fact: they name no dataset, source or place."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CAPITALISED = _words(
    """
    the this that these please for with when where its our and both combined combining conversion estimate
    surrogate model dataset candidate second first third european chinese french german british american
    japanese english monte carlo table note i co2e co2 ghg lca gwp pcf epd iso id lci lcia kwh mwh mj gj ai
    eu gwp100 cradle gate january february march april may june july august september october november
    december eur usd cny rmb
    """
)
"""Words, in lower case, that may be capitalised within a sentence."""
OPENERS = _words(
    """
    taken nothing unlike unless even still also read treat use using assuming instead then once until without under
    after before only where whether either neither here
    the this that these those it its an our we for with by at in on as if because since while when where
    there no not all both each every any another other such so thus therefore hence here however although
    though given based using overall compared relative according from of to and or but combining converting
    measuring weighing knowing stating please
    """
)
"""Words that may open a sentence about something known."""
FUNCTION_WORDS = _words("the a an of from for with and or in on at to by as per its our only just about around")
"""Words that tell nothing of what a subject is."""
NEVER_IN_NAMES = _words(
    """
    i you we they he she it me us them my your our their his her its this that these those there who whom whose
    what which when where why how can could will would should shall may might must do does did done is are was
    were be been being has have had not if because while although than then thus please
    """
)
"""Words that no dataset's name has: a sentence that begins with them and others names nothing."""
USUAL = _words(
    """
    dataset datasets candidate candidates model models estimate estimates interval similarity probability
    acceptance emission factor mass result results value number upper lower end combined surrogate proxy
    reference text first second third closest nearest best match reviewer reviewers product footprint
    measurement information data source year place uncertainty conversion range ratio route routes
    comparison alternative grid mix spread step gap unit piece piece pieces weight caveat note answer
    """
)
"""What the subject of a sentence may be, besides names."""
