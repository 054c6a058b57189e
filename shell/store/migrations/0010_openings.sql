-- When somebody was first heard, and when that had been announced for: what an opening on time is measured by.
CREATE TABLE openings (
    slug            TEXT   NOT NULL PRIMARY KEY,
    announced_ms    BIGINT,
    first_speech_ms BIGINT NOT NULL
);
