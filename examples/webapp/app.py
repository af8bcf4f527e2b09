"""A guest book over PostgreSQL: small, but with a C extension that needs a system library."""

from __future__ import annotations

import os

import psycopg2
from flask import Flask, request

app = Flask(__name__)

SCHEMA = "CREATE TABLE IF NOT EXISTS guest (name text NOT NULL, at timestamptz NOT NULL DEFAULT now())"


def connect() -> psycopg2.extensions.connection:
    """Connect as the environment says (`DATABASE_URL`, else libpq's own variables PGHOST, PGUSER, ...)."""
    return psycopg2.connect(os.environ.get("DATABASE_URL", ""), connect_timeout=3)


@app.get("/healthz")
def health() -> tuple[dict[str, str], int]:
    """Say whether the database answers."""
    try:
        connect().close()
    except psycopg2.OperationalError as error:
        return {"database": str(error).strip()}, 503
    return {"database": "ok"}, 200


@app.post("/guests")
def add_guest() -> tuple[dict[str, str], int]:
    """Add the guest named in the form field `name`."""
    name = request.form["name"]
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute(SCHEMA)
        cursor.execute("INSERT INTO guest (name) VALUES (%s)", (name,))
    return {"welcome": name}, 201


@app.get("/guests")
def list_guests() -> dict[str, list[str]]:
    """List the latest guests."""
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute(SCHEMA)
        cursor.execute("SELECT name FROM guest ORDER BY at DESC LIMIT 20")
        return {"guests": [name for (name,) in cursor.fetchall()]}
