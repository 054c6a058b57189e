-- Letters that wait to be sent. A row goes when its letter was taken or has ended; it is never part of a backup.
CREATE TABLE mail_queue (
    id         TEXT   NOT NULL PRIMARY KEY,
    recipient  TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    text       TEXT   NOT NULL,
    due_ms     BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    tries      BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX mail_queue_by_due ON mail_queue (due_ms, id);

-- Where a guest's invitation was sent, and where they are told that it was moved or called off.
ALTER TABLE invitations ADD COLUMN email TEXT;

-- What opens its doors next, which is asked every two seconds.
CREATE INDEX conversations_by_start ON conversations (phase, starts_ms);

-- What the first page lists: of those that are public, what comes next and what ended last.
CREATE INDEX conversations_public_coming ON conversations (starts_ms, created_ms, slug)
    WHERE phase = 'scheduled' AND visibility = 'public';
CREATE INDEX conversations_public_over ON conversations (ended_ms) WHERE visibility = 'public' AND ended_ms IS NOT NULL;
