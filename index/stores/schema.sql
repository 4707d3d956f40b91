-- The truth of a local store. Everything beside this file's tables can be derived from them.
CREATE TABLE IF NOT EXISTS manifest (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS sources (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

CREATE TABLE IF NOT EXISTS articles (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL,
    origin TEXT NOT NULL,
    url TEXT,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    published INTEGER,  -- seconds since 1970, UTC
    precision TEXT,
    source INTEGER REFERENCES sources (key),
    language TEXT,
    authors TEXT NOT NULL  -- a JSON array
);
CREATE INDEX IF NOT EXISTS articles_by_origin ON articles (origin);
CREATE INDEX IF NOT EXISTS articles_by_date ON articles (published);
CREATE INDEX IF NOT EXISTS articles_by_source ON articles (source);

-- Keys only grow and are never used again: a segment of keys up to n is complete for good.
CREATE TABLE IF NOT EXISTS passages (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    article INTEGER NOT NULL REFERENCES articles (key) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    caption INTEGER NOT NULL,
    terms BLOB NOT NULL,   -- uint32 numbers of the distinct terms
    counts BLOB NOT NULL,  -- uint16, how often each occurs
    vector BLOB NOT NULL   -- float16
);
CREATE INDEX IF NOT EXISTS passages_by_article ON passages (article);

CREATE TABLE IF NOT EXISTS terms (number INTEGER PRIMARY KEY, term TEXT NOT NULL UNIQUE);

-- Derived files on disk, and the passages in them that have been removed since.
CREATE TABLE IF NOT EXISTS segments (name TEXT PRIMARY KEY, high INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tombstones (passage INTEGER PRIMARY KEY);

-- Grows with every commit, so that a reader knows when to look again.
CREATE TABLE IF NOT EXISTS generation (number INTEGER NOT NULL);
INSERT INTO generation SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM generation);
