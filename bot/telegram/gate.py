"""Who is answered: those whom the operator admits, each update once."""

import logging
from collections import OrderedDict
from dataclasses import dataclass

from telegram import Update
from telegram.constants import ChatType
from telegram.ext import ApplicationHandlerStop, ContextTypes

from bot.telegram.memory import Place
from bot.telegram.messages import said
from bot.telegram.sending import send

log = logging.getLogger(__name__)

REMEMBERED = 10_000
"""Updates known by their number, so that one that Telegram delivers twice is answered once; and those refused."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask."""

    admitted: frozenset[int] = frozenset()
    """Ids of users, and of groups with all who write there."""
    public: bool = False
    """Everybody."""

    def admits(self, update: Update) -> bool:
        """Whether an update is from somebody admitted."""
        ids = {part.id for part in (update.effective_user, update.effective_chat) if part}
        return self.public or bool(ids & self.admitted)


class Gate:
    """Stands before all other handlers."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._refused: OrderedDict[int, None] = OrderedDict()

    async def pass_on(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The handler of all updates; raises ApplicationHandlerStop for those that go no further."""
        if not isinstance(update, Update) or not _first(self._seen, update.update_id):
            raise ApplicationHandlerStop
        if self._access.admits(update):
            return
        await self._refuse(update, context)
        raise ApplicationHandlerStop

    async def _refuse(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Tell somebody who writes in private, once."""
        user, chat = update.effective_user, update.effective_chat
        if user and chat and chat.type == ChatType.PRIVATE and _first(self._refused, user.id):
            text = said(f"Sorry, this bot answers only those whom its operator admits. Your id is {user.id}.")
            await send(context.bot, Place(chat.id), text)
        if update.callback_query:
            await update.callback_query.answer()


def _first(seen: OrderedDict[int, None], number: int) -> bool:
    """Whether a number comes for the first time."""
    if number in seen:
        return False
    seen[number] = None
    if len(seen) > REMEMBERED:
        seen.popitem(last=False)
    return True
