"""`python -m crampwise.edges.cli.schemas FOLDER`: write the JSON Schemas of answers and assessment."""

import json
import sys
from pathlib import Path
from typing import Any

from crampwise.assess.plain import answers_schema, assessment_schema, brief_schema
from crampwise.book.book import Book
from crampwise.book.compile import open_book


def schemas(book: Book) -> dict[str, dict[str, Any]]:
    """Give each schema by file name."""
    return {
        "answers.schema.json": answers_schema(book),
        "assessment.schema.json": assessment_schema(),
        "brief.schema.json": brief_schema(),
    }


def as_text(schema: dict[str, Any]) -> str:
    """Give a schema as it is stored."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name, schema in schemas(open_book()).items():
        (Path(sys.argv[1]) / name).write_text(as_text(schema), encoding="utf-8")
