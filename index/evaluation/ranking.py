"""Rankings as TREC's tools know them: runs and judgments (qrels), of passages and of articles; their measures.

A passage is relevant if an answer's words stand in it. What was not retrieved is not judged, so only success and
reciprocal rank mean anything of passages. An article is relevant if the question's set names it as supporting.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote as percent_encode

from index.evaluation.judging import searchable
from index.evaluation.outcomes import Outcome

RUN = "dateline"
"""What the runs call themselves."""

PASSAGE_MEASURES = {
    "answer recall@1": "Success@1",
    "answer recall@5": "Success@5",
    "answer recall@10": "Success@10",
    "answer recall@20": "Success@20",
    "answer recall@50": "Success@50",
    "answer MRR@10": "RR@10",
}
ARTICLE_MEASURES = {
    "success@1": "Success@1",
    "success@5": "Success@5",
    "MRR@10": "RR@10",
    "nDCG@10": "nDCG@10",
    "recall@10": "R@10",
    "recall@20": "R@20",
}
"""Our names -> those of ir-measures. Recall goes no deeper than DEPTH passages surely hold: PER_ARTICLE of each."""


@dataclass(frozen=True, slots=True)
class Rankings:
    """Of each question, by its id: what was found, best first, and what is relevant."""

    found: Mapping[str, Sequence[str]]
    relevant: Mapping[str, Sequence[str]]

    def run(self) -> str:
        """A TREC run: question, Q0, document, rank, score, name. Scores are 1 / rank: they say the order, no more."""
        return "".join(
            f"{_word(id_)} Q0 {_word(document)} {rank} {1 / rank:.6f} {RUN}\n"
            for id_, documents in self.found.items()
            for rank, document in enumerate(documents, start=1)
        )

    def qrels(self) -> str:
        """TREC's judgments: question, 0, document, 1."""
        return "".join(
            f"{_word(id_)} 0 {_word(document)} 1\n"
            for id_, documents in self.relevant.items()
            for document in documents
        )

    def measured(self, measures: Mapping[str, str]) -> dict[str, dict[str, float]]:
        """Of each measure, by our name for it: its value for each question, by the question's id.

        The values are those of ir-measures. It passes over questions without a relevant document, and is not told of
        them; each counts as 0.
        """
        import ir_measures  # noqa: PLC0415 - nothing else needs it

        ours = {ir_measures.parse_measure(theirs): name for name, theirs in measures.items()}
        scores: dict[str, dict[str, float]] = {name: dict.fromkeys(self.relevant, 0.0) for name in measures}
        words = {_word(id_): id_ for id_, documents in self.relevant.items() if documents}
        qrels = {word: {_word(document): 1 for document in self.relevant[id_]} for word, id_ in words.items()}
        run = {word: _scored(self.found[id_]) for word, id_ in words.items()}
        for metric in ir_measures.iter_calc(list(ours), qrels, run) if qrels else ():
            scores[ours[metric.measure]][words[metric.query_id]] = metric.value
        return scores


def _scored(documents: Sequence[str]) -> dict[str, float]:
    return {_word(document): 1 / rank for rank, document in enumerate(documents, start=1)}


def _word(name: str) -> str:
    """A name as TREC's tools can take it: white space, which parts the columns, and unusual signs percent-encoded."""
    return percent_encode(name, safe="#:/.@+=,;!?&()'*", errors="surrogatepass")


def passages(outcomes: Iterable[Outcome]) -> Rankings:
    """The passages found for each answerable question with answers whose words can be looked for."""
    judged = [o for o in outcomes if searchable(o.asked)]
    return Rankings(
        {o.asked.id: [found.passage for found in o.ranking] for o in judged},
        {o.asked.id: [found.passage for found in o.ranking if found.holds] for o in judged},
    )


def articles(outcomes: Iterable[Outcome]) -> Rankings:
    """The articles found for each question with supporting ones, each where its best passage stands."""
    judged = [o for o in outcomes if o.asked.supporting]
    return Rankings(
        {o.asked.id: o.articles for o in judged},
        {o.asked.id: o.asked.supporting for o in judged},
    )


def measured(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    """Every measure of retrieval, by name: its value for each question, by the question's id."""
    return {
        **passages(outcomes).measured(PASSAGE_MEASURES),
        **articles(outcomes).measured(ARTICLE_MEASURES),
    }
