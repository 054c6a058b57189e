-- Cases: reports of one moment about one subject, what moderators did and ruled, and the appeal. Times are milliseconds since
-- 1970. The pinned minute is a JSON text; its sound lies in files of the data folder. Deeds are a JSON list.
CREATE TABLE cases (
    id              TEXT   NOT NULL PRIMARY KEY,
    slug            TEXT   NOT NULL,
    kind            TEXT   NOT NULL,
    subject         TEXT   NOT NULL,
    name            TEXT   NOT NULL,
    account         TEXT,
    person          BIGINT,
    text            TEXT   NOT NULL,
    moment_ms       BIGINT NOT NULL,
    category        TEXT   NOT NULL,
    urgency         BIGINT NOT NULL,
    reports         BIGINT NOT NULL,
    state           TEXT   NOT NULL,
    waits           BIGINT NOT NULL,
    opened_ms       BIGINT NOT NULL,
    pinned          TEXT,
    unpinned_ms     BIGINT,
    deeds           TEXT   NOT NULL,
    decision        TEXT,
    territory       TEXT,
    days            BIGINT,
    reasons         TEXT,
    statement       TEXT,
    ruled_by        TEXT,
    ruled_ms        BIGINT,
    ends_ms         BIGINT,
    appeal_until_ms BIGINT,
    secret          TEXT   UNIQUE,
    appeal          TEXT,
    appealed_ms     BIGINT,
    upheld          BIGINT,
    verdict         TEXT,
    decided_by      TEXT,
    decided_ms      BIGINT,
    alone           BIGINT,
    closed_ms       BIGINT,
    lifted_ms       BIGINT
);

CREATE INDEX cases_waiting ON cases (waits, urgency, opened_ms);
CREATE INDEX cases_settled ON cases (waits, ruled_ms);
CREATE INDEX cases_by_subject ON cases (slug, kind, subject, moment_ms);
CREATE INDEX cases_by_account ON cases (account, opened_ms);
CREATE INDEX cases_pinned ON cases (opened_ms) WHERE pinned IS NOT NULL;
CREATE INDEX cases_ending ON cases (ends_ms) WHERE ends_ms IS NOT NULL;

-- One row for each who reported: an account, a seat, or the hash of an address under a key that is gone with its process.
CREATE TABLE case_reports (
    case_id  TEXT   NOT NULL REFERENCES cases (id),
    reporter TEXT   NOT NULL,
    category TEXT   NOT NULL,
    said     TEXT   NOT NULL,
    at_ms    BIGINT NOT NULL,
    PRIMARY KEY (case_id, reporter)
);

-- Names whose lines an account does not want to see.
CREATE TABLE blocked (
    account TEXT NOT NULL REFERENCES accounts (id),
    name    TEXT NOT NULL,
    PRIMARY KEY (account, name)
);
