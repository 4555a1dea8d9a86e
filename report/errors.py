"""Everything that can go wrong, as one short tree."""


class TrendsError(Exception):
    """The base of the house's errors; `str(error)` says what was tried, on what, and what to do."""

    permanent = True
    """False where trying the same again can help."""


class SettingsError(TrendsError):
    """The settings are wrong; the message lists every problem, one a line."""


class StorageError(TrendsError):
    """Storage refused or failed."""


class StorageUnavailable(StorageError):
    """Storage could not be reached, or asked to be left alone for a while."""

    permanent = False


class NotFound(StorageError):
    """There is no object under this key."""


class AlreadyExists(StorageError):
    """A conditional write found the key taken, or changed since it was read."""


class BadKey(StorageError):
    """The key or bucket name breaks the rules of storage."""


class LinkRefused(TrendsError):
    """A shared link does not open what it asks for: it was altered, or signed with another secret."""


class LinkExpired(LinkRefused):
    """A shared link was genuine, but its time is over."""


class BadTweet(TrendsError):
    """A document that should be a tweet is not one; the message says why."""


class FeedError(TrendsError):
    """The feed did not answer with a tweet."""


class FeedUnavailable(FeedError):
    """The feed could not be reached, or failed in a way that can pass."""

    permanent = False


class OwnTweets(TrendsError):
    """Made-up tweets would be counted with somebody's own."""


class EngineError(TrendsError):
    """A question could not be answered by the engine."""


class EngineUnavailable(EngineError):
    """The engine could not be reached, or is too busy."""

    permanent = False


class BadArtefact(TrendsError):
    """What was stored is not what was saved, or was made with other parameters."""


class BuildError(TrendsError):
    """A report could not be built."""


class NotBegun(BuildError):
    """The day is before anything was collected."""


class BuildRunning(BuildError):
    """The same build is under way elsewhere."""

    permanent = False


class PublishError(TrendsError):
    """The website could not be made, or is not what it should be."""


class MailError(TrendsError):
    """A mail could not be built or sent; `code` is the server's reply, 0 where it gave none."""

    code = 0


class MailRefused(MailError):
    """The server refused the reader or the message for good."""


class ReaderRefused(MailRefused):
    """The server refused the reader's address for good, not us or the message."""


class MailDeferred(MailError):
    """The server refused for now (4xx), or could not be reached before the message was handed over."""

    permanent = False


class MailServerError(MailDeferred):
    """The mail server cannot be reached, or refuses us: the next mail would fare no better."""


class MailUnknown(MailError):
    """The connection was lost after the message was handed over: it may or may not have been taken."""


class TopicError(TrendsError):
    """SNS refused or failed."""


class TopicMissing(TopicError):
    """There is no such topic."""


class TopicUnavailable(TopicError):
    """SNS could not be reached, or asked to be left alone for a while."""

    permanent = False


class TopicUnknown(TopicError):
    """SNS gave no answer that says whether it took the message: it may have told everybody."""


class SignError(TrendsError):
    """A sign of life could not be given: CloudWatch or PING_URL refused or failed."""

    permanent = False


class DnsError(TrendsError):
    """DNS did not answer; that there is no record is an answer."""

    permanent = False
