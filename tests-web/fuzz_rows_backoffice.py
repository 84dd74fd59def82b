"""Gives the back office rows that hang together: orders with lines in every state, their invoices, links."""

import json
import sys
import urllib.request

URL, TOKEN = sys.argv[1:]
HEADERS = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}


def post(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(URL + path, data, HEADERS, method="POST")) as answer:
        return json.load(answer)


for number in range(8):
    region = "north" if number % 2 else "south"
    customer = {"name": f"Customer {number}", "email": f"c{number}@example.com", "region": region}
    post("/customers/", customer | {"tags": ["a", ""], "preferences": {"paper": False}, "credit_limit": 1_000_000})
    post("/products/", {"sku": f"CHR-{100 + number}", "name": f"Chair {number}", "price": "9.90", "picture": "AQID"})
    post("/categories/", {"name": f"Category {number}"})
for number in range(1, 9):
    post(f"/products/{number}/categories", {"category_id": 1 + number % 4})
for number in range(1, 33):
    lines = [{"product_id": 1 + (number + step) % 8, "quantity": 1 + step} for step in range(number % 4)]
    order = post("/orders/", {"customer_id": 1 + number % 8, "note": "a note", "lines": lines})
    # Those without lines cannot be confirmed.
    if lines and number % 3:
        post(f"/orders/{order['id']}/confirm")
    elif number % 5 == 0:
        post(f"/orders/{order['id']}/cancel")
for invoice, amount in ((1, "9.90"), (2, "5"), (3, 0.01)):
    post(f"/invoices/{invoice}/pay", {"amount": amount, "reference": "R"})
