-- Conversations. Times are milliseconds since 1970, media time is samples at 48 kHz; BIGINT is INTEGER to SQLite.
CREATE TABLE conversations (
    slug            TEXT   NOT NULL PRIMARY KEY,
    title           TEXT   NOT NULL,
    phase           TEXT   NOT NULL,
    starts_ms       BIGINT,
    epoch_ms        BIGINT,
    live_since      BIGINT,
    discontinuities BIGINT NOT NULL DEFAULT 0,
    created_ms      BIGINT NOT NULL,
    ended_ms        BIGINT
);

CREATE INDEX conversations_by_phase ON conversations (phase, ended_ms);
