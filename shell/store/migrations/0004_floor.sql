-- Taking part. Numbers follow time, so the newest lines are the last of their conversation's range in the key. A person is a
-- number that stands for an account or a seat.
CREATE TABLE floor_lines (
    slug    TEXT   NOT NULL,
    id      BIGINT NOT NULL,
    person  BIGINT NOT NULL,
    name    TEXT   NOT NULL,
    role    TEXT   NOT NULL,
    text    TEXT   NOT NULL,
    hidden  BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (slug, id)
);

CREATE TABLE floor_questions (
    slug    TEXT   NOT NULL,
    id      BIGINT NOT NULL,
    person  BIGINT NOT NULL,
    name    TEXT   NOT NULL,
    text    TEXT   NOT NULL,
    state   TEXT   NOT NULL,
    PRIMARY KEY (slug, id)
);

CREATE TABLE floor_polls (
    slug      TEXT   NOT NULL,
    id        BIGINT NOT NULL,
    question  TEXT   NOT NULL,
    answers   TEXT   NOT NULL,
    closes_ms BIGINT,
    closed    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (slug, id)
);

CREATE TABLE floor_votes (
    slug    TEXT   NOT NULL,
    item    BIGINT NOT NULL,
    person  BIGINT NOT NULL,
    choice  BIGINT NOT NULL,
    PRIMARY KEY (slug, item, person)
);

CREATE TABLE floor_muted (
    slug    TEXT   NOT NULL,
    person  BIGINT NOT NULL,
    PRIMARY KEY (slug, person)
);

CREATE TABLE floor_settings (
    slug     TEXT NOT NULL PRIMARY KEY,
    settings TEXT,
    note     TEXT
);
