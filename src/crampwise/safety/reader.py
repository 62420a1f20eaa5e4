"""Reads a rule back from the sentence that `interpret/prose.py` makes of it, knowing only ids, options and units."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from crampwise.logic.findings import Choice, Finding, Number, YesNo
from crampwise.logic.rules import All, Any, AtLeast, Compare, Not, OneOf, Operator, Present, Rule, Term

_WORD = re.compile(r"[a-z][a-z0-9_]*")
_OPTION = re.compile(r"[a-z0-9_]+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_COMPARE: Mapping[str, Operator] = {" below ": "<", " at most ": "<=", " above ": ">", " at least ": ">="}
_COUNT = re.compile(r"at least (\d+) of \(")


@dataclass
class Reader:
    """Reads one sentence from left to right."""

    text: str
    findings: Mapping[str, Finding]
    terms: Mapping[str, Rule]
    at: int = 0

    def read(self) -> Rule:
        """Read the whole sentence.

        Raises:
            ValueError: it is not a sentence about a rule.
        """
        rule = self._joined()
        if self.at != len(self.text):
            raise ValueError(f"nothing was expected after {self.text[: self.at]!r}")
        return rule

    def _joined(self) -> Rule:
        parts = [self._part()]
        for word, kind in ((" and ", All), (" or ", Any)):
            while self._skip(word):
                parts.append(self._part())
            if len(parts) > 1:
                return kind(tuple(parts))
        return parts[0]

    def _part(self) -> Rule:
        if self._skip("not ("):
            return Not(self._closing(self._joined()))
        if count := _COUNT.match(self.text, self.at):
            self.at = count.end()
            parts = [self._joined()]
            while self._skip("; "):
                parts.append(self._joined())
            return self._closing(AtLeast(int(count[1]), tuple(parts)))
        if self._skip("("):
            return self._closing(self._joined())
        return self._leaf()

    def _leaf(self) -> Rule:
        name = self._match(_WORD)
        if name in self.terms:
            return Term(name, self.terms[name])
        match self.findings.get(name):
            case YesNo() as finding:
                return Present(finding)
            case Choice() as finding if self._skip(" is "):
                return OneOf(finding, tuple(self._options(finding)))
            case Number() as finding:
                op = next((op for words, op in _COMPARE.items() if self._skip(words)), None)
                if op is not None:
                    threshold = Decimal(self._match(_NUMBER))
                    if finding.unit and not self._skip(f" {finding.unit}"):
                        raise ValueError(f"{finding.id} needs its unit {finding.unit}")
                    return Compare(finding, op, threshold)
        raise ValueError(f"{name!r} cannot be read")

    def _options(self, finding: Choice) -> list[str]:
        """As many options as there are: after them an `or` begins another part."""
        found = [self._match(_OPTION)]
        while self.text.startswith(" or ", self.at):
            word = _OPTION.match(self.text, self.at + len(" or "))
            if not word or word[0] not in finding.options:
                break
            found.append(word[0])
            self.at = word.end()
        return found

    def _closing(self, rule: Rule) -> Rule:
        if not self._skip(")"):
            raise ValueError(f"a bracket is not closed after {self.text[: self.at]!r}")
        return rule

    def _skip(self, words: str) -> bool:
        if not self.text.startswith(words, self.at):
            return False
        self.at += len(words)
        return True

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if not found:
            raise ValueError(f"{self.text[self.at :][:20]!r} cannot be read")
        self.at = found.end()
        return found[0]
