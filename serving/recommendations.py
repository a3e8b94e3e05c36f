"""The one way from a list to a page of recommendations."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from db.engine import driver_message
from domain.events import Actor
from domain.ranges import FAVORITE, is_profile
from domain.titles import Season
from recommender.data.query import Query
from recommender.models.context import ScoringContext
from recommender.models.ranker import Forecast, Ranker
from recommender.models.registry import ALGORITHMS, DEFAULT_ALGORITHM, NO_WEIGHTS, check_weights
from recommender.pipeline.filters import Filters
from recommender.pipeline.options import FranchiseMode, PageOptions, PageRequest
from recommender.pipeline.pipeline import DEFAULT, Page, Pipeline
from serving.errors import ListRequiredError, NotBuiltError, ProfileIdError, UnknownTitleError
from serving.events import EventService
from serving.experiments import ExperimentService
from serving.lists import NO_LIST, ResolvedList, SubmittedList, resolve_list
from serving.live import LiveVersion, ModelSource
from serving.trials import NO_TRIAL, Trial
from serving.users import UserService

EMPTY_LIST_ALGORITHM = "popular"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RecommendOptions:
    """Everything that a request asks for, except the list.

    Attributes:
        limit: titles on the page; None: the algorithm's own number.
        weights: of other algorithms, 0..1, where the algorithm is a blend; empty: its own.
        candidate_ids: only these titles are ranked; None: all.
        keep_ids: titles that are on the screen, in order: they stay, and new ones come below.
        session_id: of the browser, whose events count.
        in_experiments: the page may be made in experiments: whoever gets it knows its id.
    """

    algorithm: str = DEFAULT_ALGORITHM
    limit: int | None = None
    filters: Filters = field(default_factory=Filters)
    exclude_ids: tuple[int, ...] = ()
    page: PageOptions = field(default_factory=PageOptions)
    explain: bool = False
    weights: Mapping[str, float] = field(default_factory=dict)
    candidate_ids: tuple[int, ...] | None = None
    keep_ids: tuple[int, ...] = ()
    session_id: UUID | None = None
    in_experiments: bool = False

    def __post_init__(self) -> None:
        check_weights(self.algorithm, self.weights)

    @property
    def page_length(self) -> int:
        return self.limit or ALGORITHMS[self.algorithm].default_limit

    def request(self) -> PageRequest:
        return PageRequest(
            self.page_length,
            self.filters,
            self.exclude_ids,
            self.page,
            self.explain,
            self.candidate_ids,
            self.keep_ids,
        )

    def in_season(self, season: Season) -> RecommendOptions:
        """The same for the titles of one season only."""
        return replace(self, filters=replace(self.filters, seasons=(str(season),)))


@dataclass(frozen=True, eq=False)
class Recommendations:
    """A page, and the model and the list that it was made from.

    Attributes:
        forecast: the expected opinion on each title of the page.
        submitted: the list that came with the request; empty for saved ratings alone.
        trial: the experiments that the page was made in.
    """

    algorithm: str
    live: LiveVersion
    context: ScoringContext
    page: Page
    forecast: Forecast
    submitted: ResolvedList = NO_LIST
    trial: Trial = NO_TRIAL


@dataclass(frozen=True)
class RecommendationService:
    """Makes pages for lists, for users, and of titles like one.

    Attributes:
        users: the saved users; None where there are none, as in evaluation.
        events: what people did lately; None where nobody keeps it.
        experiments: that run; None where there are none.
        pipeline: the parts that make a page.
        max_list_titles: of one list; None: any number.
        observe: times each ranking, by algorithm.
    """

    models: ModelSource
    users: UserService | None = None
    events: EventService | None = None
    experiments: ExperimentService | None = None
    pipeline: Pipeline = DEFAULT
    max_list_titles: int | None = None
    observe: Callable[[str], AbstractContextManager[object]] = lambda _algorithm: nullcontext()

    def recommend(
        self,
        live: LiveVersion,
        query: Query,
        options: RecommendOptions,
        submitted: ResolvedList = NO_LIST,
    ) -> Recommendations:
        """A page for what is known of a person.

        Raises:
            NotBuiltError: the model does not have the algorithm, or one that has a weight.
            ListRequiredError: the algorithm needs a list and gets none.
            UnknownFilterValueError: a genre or type that no title has.
        """
        _require_algorithms(options, live)
        query = self._leaning(query, options.session_id, live)
        if ALGORITHMS[options.algorithm].needs_list and not len(query.anime_rows):
            raise ListRequiredError(options.algorithm)
        context, trial = live.context(query, weights=options.weights), self._trial(query, options, live)
        with self.observe(options.algorithm):
            page, trial = trial.run(
                self.pipeline, live.snapshot, context, options.algorithm, options.request()
            )
        forecast = live.snapshot.models[Ranker].forecast(context, page.ranking.anime_rows)
        algorithm = trial.sides.algorithm(options.algorithm)
        return Recommendations(algorithm, live, context, page, forecast, submitted, trial)

    def for_list(
        self, submitted: SubmittedList, options: RecommendOptions, *, user_id: int | None = None
    ) -> Recommendations:
        """A page for a list that is not stored.

        Args:
            user_id: whose saved ratings the list is too: they are not their own neighbor.

        Raises:
            NoTitleResolvedError, ListTooLongError; and as `recommend`.
        """
        live = self.models.current()
        resolved = resolve_list(submitted, live.snapshot, self.max_list_titles)
        resolved.require_a_title()
        query = Query.of(resolved.entries, user_id=user_id, statuses=resolved.unfinished)
        return self.recommend(live, query, options, resolved)

    def for_user(self, user_id: int, options: RecommendOptions) -> Recommendations:
        """A page for saved ratings; raises UnknownUserError, and as `recommend`."""
        live = self.models.current()
        entries = self._users.require_entries(user_id, live.snapshot)
        statuses = self._users.unfinished(user_id, live.snapshot)
        return self.recommend(live, Query.of(entries, user_id=user_id, statuses=statuses), options)

    def for_user_with_list(
        self, user_id: int, submitted: SubmittedList, options: RecommendOptions, *, may_save: bool = True
    ) -> Recommendations:
        """A page for saved ratings together with a list. An unknown user is saved with the list.

        Args:
            may_save: False: a page for the list alone, whoever the user is, and nothing is saved.

        Raises:
            ProfileIdError, NoTitleResolvedError, ListTooLongError; ListRequiredError: the algorithm needs
            a list and none was submitted; and as `recommend`.
        """
        # existing or not: the titles missing from an answer would reveal the list
        if is_profile(user_id):
            raise ProfileIdError(user_id)
        live = self.models.current()
        resolved = resolve_list(submitted, live.snapshot, self.max_list_titles)
        resolved.require_a_title()
        _require_algorithms(options, live)  # before anything is saved
        if ALGORITHMS[options.algorithm].needs_list and resolved.is_empty:
            raise ListRequiredError(options.algorithm, "anime_list")
        saved = self._users.entries(user_id, live.snapshot) if may_save else None
        if may_save and saved is None and resolved.entries:
            catalog = live.snapshot.catalog
            listed = self._users.stored_form(resolved, live.snapshot)
            live = self._users.add(user_id, listed.ratings, listed.extras)
            if live.snapshot.catalog is not catalog:  # a new version was published meanwhile
                resolved = resolve_list(submitted, live.snapshot, self.max_list_titles)
            # another request may have saved this user first
            saved = self._users.entries(user_id, live.snapshot)
        entries = [*(saved or ()), *resolved.entries]
        if not entries:
            options = replace(
                options, algorithm=EMPTY_LIST_ALGORITHM, limit=options.page_length, weights=NO_WEIGHTS
            )
        own_id, statuses = user_id if may_save else None, resolved.unfinished
        if saved:
            statuses = self._users.unfinished(user_id, live.snapshot) | statuses
        query = Query.of(entries, user_id=own_id, statuses=statuses)
        return self.recommend(live, query, options, resolved)

    def similar_titles(
        self,
        anime_id: int,
        algorithm: str,
        limit: int,
        filters: Filters,
        franchise: FranchiseMode = FranchiseMode.EXCLUDE,
        weights: Mapping[str, float] = NO_WEIGHTS,
    ) -> Recommendations:
        """A page for somebody who likes this title and nothing else.

        Raises:
            UnknownTitleError; and as `recommend`.
        """
        live = self.models.latest_model()
        row = live.snapshot.catalog.vocabulary.row(anime_id)
        if row is None:
            raise UnknownTitleError(anime_id)
        page = PageOptions(franchise)
        options = RecommendOptions(algorithm, limit, filters, page=page, weights=weights)
        return self.recommend(live, Query.of([(row, FAVORITE)]), options)

    def _leaning(self, query: Query, session_id: UUID | None, live: LiveVersion) -> Query:
        """The query as it leans toward recent events. Without them, people get their list's page."""
        if self.events is None or (session_id is None and query.user_id is None):
            return query
        try:
            return self.events.lean(query, Actor(session_id, query.user_id), live.snapshot)
        except SQLAlchemyError as error:
            log.warning("recent events cannot be read: %s", driver_message(error))
            return query

    def _trial(self, query: Query, options: RecommendOptions, live: LiveVersion) -> Trial:
        """The experiments that a page is made in. Who sets weights gets what they set."""
        if self.experiments is None or not options.in_experiments or options.weights:
            return NO_TRIAL
        actor = Actor(options.session_id, query.user_id)
        built, with_list = live.snapshot.algorithms, len(query.anime_rows) > 0
        return self.experiments.trial(actor, options.algorithm, built, with_list=with_list)

    @property
    def _users(self) -> UserService:
        if self.users is None:
            raise RuntimeError("this service was made without saved users")
        return self.users


def _require_algorithms(options: RecommendOptions, live: LiveVersion) -> None:
    for algorithm in (options.algorithm, *options.weights):
        if algorithm not in live.snapshot.algorithms:
            raise NotBuiltError(algorithm)
