"""Leaves out what the document allows and the service rightly refuses, because no schema can say it."""

import math
import re
import unicodedata
import zlib
from decimal import Decimal
from pathlib import Path

import schemathesis

DIGITS = 28
DECIMALS = ("credit_limit", "price", "amount")
TEXT_FIELDS = ("name", "email")
ENTITY_TAG = re.compile(r'\*|(W/)?"[!#-~]*"')


def fits(number):
    """Whether a number is a decimal of up to 28 digits, exactly."""
    if isinstance(number, float) and not math.isfinite(number):
        return False
    _, digits, exponent = Decimal(str(number)).as_tuple()
    return -exponent <= DIGITS and len(digits) + max(exponent, 0) <= DIGITS


def is_short(value):
    if isinstance(value, str) and value.replace(".", "", 1).isdecimal():
        return sum(character.isdecimal() for character in value) <= DIGITS
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return fits(value)
    return True


@schemathesis.hook
def filter_body(context, body):
    return not isinstance(body, dict) or all(is_short(body.get(name)) for name in DECIMALS)


# What could take the right to ask away from the one who asks: the first user, in the first role.
OWN = {
    "updateUser", "patchUser", "deleteUser", "anonymizeUser", "endUserSessions", "endUserSession",
    "takeUserRole", "takeRoleFromUsers", "updateRole", "patchRole", "deleteRole",
}  # fmt: skip


@schemathesis.hook
def before_call(context, case, kwargs):
    """Whoever asks goes on being able to: what is aimed at the first row hits the second."""
    operation = case.operation.definition.raw["operationId"]
    if operation in OWN:
        for name, value in (case.path_parameters or {}).items():
            if str(value) == "1":
                case.path_parameters[name] = type(value)(2)
    # Generated keys are no keys, and the token would not be looked at.
    headers = case.headers or {}
    headers.pop("X-API-Key", None)
    # A key stands for one request, however often this is sent.
    if headers.get("Idempotency-Key") and case.meta.generation.mode.is_positive:
        request = f"{operation} {case.path_parameters} {case.body}".encode()
        headers["Idempotency-Key"] = f"{headers['Idempotency-Key'][:200]}-{zlib.crc32(request):08x}"
    if isinstance(case.body, dict):
        if operation in ME and case.body.get("is_active") is False:
            case.body["is_active"] = True
        if case.meta.generation.mode.is_positive:
            fit(operation, case.body)
            fit_business(case.body, of_decimals(case.operation))


ME = ("updateMe", "patchMe")
COMMONEST = Path(__file__).parent.parent / "crates/identity/src/commonest_passwords.txt"
REFUSED = set(COMMONEST.read_text(encoding="utf-8").lower().split())


SEPARATORS = set("\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def single_line(text):
    """A name without what a validation function refuses, of which schemas know nothing."""
    kept = "".join(c for c in text if unicodedata.category(c) != "Cc" and c not in SEPARATORS)
    return kept if kept.strip() else "Ada"


def fit(operation, body):
    """Makes right what is right by itself, and not beside the rest or at this time."""
    for name in ("name", "surname"):
        if isinstance(body.get(name), str) and "Customer" not in operation:
            body[name] = single_line(body[name])
    if operation == "createApiKey":
        body["scopes"] = ["customers_read", "user_read"][: len(body["scopes"])]
        if body.get("expires_at"):
            body["expires_at"] = "2100-01-31T09:30:00Z"
    if operation in ME and "email" in body:
        body.setdefault("current_password", "another one")
    if operation in ME and body.keys() == {"current_password"}:
        body["name"] = "Ada"
    for name in ("password", "new_password"):
        if str(body.get(name)).lower() in REFUSED or body.get(name) == body.get("old_password", ""):
            body[name] = "a long enough sentence"


def of_decimals(operation):
    """The schemas of the body's decimals as numbers: of their bounds as text, schemas can say nothing."""
    media = operation.definition.raw["requestBody"]["content"].values()
    name = next(iter(media))["schema"].get("$ref", "").split("/")[-1]
    fields = operation.schema.raw_schema["components"]["schemas"].get(name, {}).get("properties", {})
    return {name: field["oneOf"][1] for name, field in fields.items() if "oneOf" in field}


def fit_business(body, decimals):
    """What refers to something refers to what is there, once; decimals are in their bounds."""
    for name in REFERENCES:
        if isinstance(body.get(name), int):
            body[name] = 1 + body[name] % 8
    if isinstance(body.get("lines"), list):
        lines = {1 + line["product_id"] % 8: line for line in body["lines"]}
        body["lines"] = [line | {"product_id": product} for product, line in lines.items()]
        # Lines that are there have keys, which are those of one order.
        for line in body["lines"]:
            line.pop("id", None)
    for name, schema in decimals.items():
        if isinstance(body.get(name), str):
            least, most = (Decimal(str(schema[bound])) for bound in ("minimum", "maximum"))
            if not least <= Decimal(body[name]) <= most:
                body[name] = str(least)


REFERENCES = ("customer_id", "product_id", "category_id")


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Most keys are those of no row; every other one becomes a small one."""
    for name, value in (path_parameters or {}).items():
        if str(value).isdecimal() and 9 < int(value) < 2**63 and int(value) % 2:
            path_parameters[name] = type(value)(2 + int(value) % 8)
    return path_parameters


CUSTOMERS = (
    'credit_limit >= 1000 AND name:"a"',
    'NOT (email = "*example.com" OR last_modifier_user_id = null)',
    "id IN (1, 2, 3)",
    "creation_time > 2026-01-31T09:30:00+01:00",
)
EXPAND = {
    "customer": "customer",
    "order": "order,order.customer,order.lines.product",
    "invoice": "invoice.order.lines",
    "lines": "lines.product.categories,customer,lines",
    "categories": "categories,categories.products",
    "products": "products.categories",
}
OTHERS = ("id IN (1, 2, 3)", "NOT (id = 1 OR id < 0)", "id != 2 AND id >= -5")
FILTERS = CUSTOMERS + OTHERS


@schemathesis.hook
def map_query(context, query):
    """What has a grammar, a signature or a meaning of its own is taken from those that are right."""
    if not isinstance(query, dict):
        return query
    if isinstance(query.get("filter"), str):
        filters = CUSTOMERS if context.operation.path == "/customers/" else OTHERS
        query["filter"] = filters[len(query["filter"]) % len(filters)]
    query.pop("page_token", None)
    if isinstance(query.get("expand"), str):
        query["expand"] = expanded(context.operation, len(query["expand"]))
    if "resource" in query and "id" in query:
        if query.get("action") == "create" or query["resource"] == "sessions":
            del query["id"]
        else:
            query["id"] = KEYS.get(query["resource"], "1")
    return query


KEYS = {"product_categories": "1,2"}


def expanded(operation, number):
    """A way along the relations of which the parameter's description names the first ones."""
    parameters = operation.definition.raw["parameters"]
    description = next(p["description"] for p in parameters if p["name"] == "expand")
    ways = [way for name, way in EXPAND.items() if re.search(rf"\b{name}\b", description)]
    return ways[number % len(ways)]


@schemathesis.hook
def filter_case(context, case):
    """A filter is a field and a value of its type; no field is sorted by twice."""
    tag = (case.headers or {}).get("If-Match")
    if case.meta.generation.mode.is_positive and tag is not None and not ENTITY_TAG.fullmatch(tag):
        # The coverage phase calls an untouched 0 valid here, whatever the pattern.
        return False
    query = case.query if isinstance(case.query, dict) else {}
    if case.meta.generation.mode.is_positive:
        # The coverage phase makes its own values, whatever was mapped.
        if query.get("filter", OTHERS[0]) not in FILTERS or "page_token" in query:
            return False
        if "resource" in query and "id" in query:
            key = KEYS.get(query["resource"], "1")
            if query["action"] == "create" or query["resource"] == "sessions" or query["id"] != key:
                return False
        if "expand" in query and query["expand"] not in EXPAND.values():
            return False
    if ("filter_key" in query) != ("value" in query):
        return False
    if "filter_key" in query and query["filter_key"] not in TEXT_FIELDS:
        return False
    fields = [part.split(":")[0] for part in str(query.get("sorting", "")).split(",") if part]
    return len(fields) == len(set(fields))
