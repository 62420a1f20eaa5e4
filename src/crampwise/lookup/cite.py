"""Citations in words, and as parts for a page."""

from dataclasses import dataclass, replace

from crampwise.assess.assessment import Cite
from crampwise.book.book import Book
from crampwise.book.schema.knowledge import Claim, Judgement, Source

READ = {
    "full": "read in full", "abstract": "abstract read", "excerpt": "excerpt read",
    "second_hand": "known at second hand only", "not_opened": "not opened",
}  # fmt: skip
"""How much of a source was read, in words."""


def claim_words(claim: Claim) -> str:
    """Say a claim with its place: [start, end) in characters of its document."""
    start, end = claim.locator
    gap = f" Provenance only: {claim.gap}." if claim.gap else ""
    return f"{claim.id}: {claim.text} [{start}, {end}) in {claim.source}.{gap}"


def source_words(source: Source) -> str:
    """Cite a source with how much of it was read."""
    year = f" ({source.year})" if source.year else ""
    ids = ((f"doi:{source.doi}", source.doi), (f"pmid:{source.pmid}", source.pmid), (source.url, source.url))
    places = "".join(f" {text}" for text, there in ids if there)
    note = f"; {source.read_note}" if source.read_note else ""
    return f"{source.id}: {source.authors}{year}. {source.title.rstrip('.')}.{places} [{READ[source.read]}{note}]"


def judgement_words(judgement: Judgement) -> str:
    """Say a judgement: who, when, what."""
    return f"Judgement of the {judgement.by}, {judgement.date.isoformat()} ({judgement.id}): {judgement.says}"


@dataclass(frozen=True)
class Reference:
    """What a sentence rests on, in parts.

    Attributes:
        id: of the claim, source or judgement. says: the claim, or the judgement; empty for a source as a whole.
        origin: who published it, or whose judgement it is. place: where in the document. date: year or day.
        strength: what kind of source it is and how much of it was read, or that it is opinion. address: of the source.
    """

    kind: str
    id: str
    says: str
    origin: str
    place: str
    date: str
    strength: str
    address: str


def reference(book: Book, cite: Cite) -> Reference:
    """Take a citation apart."""
    if cite.kind == "judgement":
        return reference_of_judgement(book.judgements[cite.id])
    if cite.kind == "claim":
        return reference_of_claim(book, book.claims[cite.id])
    return reference_of_source(book.sources[cite.id])


def reference_of_judgement(judgement: Judgement) -> Reference:
    """Give a judgement as a reference."""
    by = judgement.by[:1].upper() + judgement.by[1:]
    return Reference("judgement", judgement.id, judgement.plain, by, "", judgement.date.isoformat(), OPINION, "")


def reference_of_claim(book: Book, claim: Claim) -> Reference:
    """Give a claim with its place as a reference."""
    start, end = claim.locator
    whole = reference_of_source(book.sources[claim.source])
    return replace(whole, kind="claim", id=claim.id, says=claim.text, place=f"characters {start} to {end}")


def reference_of_source(source: Source) -> Reference:
    """Give a source as a whole."""
    origin = f"{source.authors.rstrip('.')}. {source.title.rstrip('.')}"
    strength = f"{source.kind.replace('_', ' ')}, {READ[source.read]}"
    return Reference("source", source.id, "", origin, "", str(source.year or ""), strength, address(source))


OPINION = "our opinion; no published figure or statement was found"
"""What stands where other references name the strength of their source."""


def address(source: Source) -> str:
    """Give the address of a source on the web; empty when it has none."""
    if source.doi:
        return f"https://doi.org/{source.doi}"
    return f"https://pubmed.ncbi.nlm.nih.gov/{source.pmid}/" if source.pmid else source.url
