"""Leaves out what the document allows and the service rightly refuses, because no schema can say it."""

import math
import re
from decimal import Decimal

import schemathesis

DIGITS = 28
TEXT_FIELDS = ("name", "email")
ENTITY_TAG = re.compile(r'\*|(W/)?"[!#-~]*"')


def fits(number):
    """Whether a number is a decimal of up to 28 digits, exactly."""
    if isinstance(number, float) and not math.isfinite(number):
        return False
    _, digits, exponent = Decimal(str(number)).as_tuple()
    return -exponent <= DIGITS and len(digits) + max(exponent, 0) <= DIGITS


@schemathesis.hook
def filter_body(context, body):
    value = body.get("credit_limit") if isinstance(body, dict) else None
    if isinstance(value, str) and value.replace(".", "", 1).isdecimal():
        return sum(character.isdecimal() for character in value) <= DIGITS
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return fits(value)
    return True


@schemathesis.hook
def filter_case(context, case):
    """A filter is a field and a value of its type; no field is sorted by twice."""
    tag = (case.headers or {}).get("If-Match")
    if case.meta.generation.mode.is_positive and tag is not None and not ENTITY_TAG.fullmatch(tag):
        # The coverage phase calls an untouched 0 valid here, whatever the pattern.
        return False
    query = case.query if isinstance(case.query, dict) else {}
    if ("filter_key" in query) != ("value" in query):
        return False
    if "filter_key" in query and query["filter_key"] not in TEXT_FIELDS:
        return False
    fields = [part.split(":")[0] for part in str(query.get("sorting", "")).split(",") if part]
    return len(fields) == len(set(fields))
