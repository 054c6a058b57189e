//! Who comes in here: with a ticket, or without one while there is room. Who does not is told why, when to come again, and
//! where a human finds a place.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::uri::Authority;
use http::{HeaderMap, StatusCode, Uri, header};
use hustings_link::entrance::NoEntry;
use hustings_link::hall::Hall;

use crate::problem::Problem;
use crate::room::Room;

/// After so long there may be room for who has no ticket.
const COME_AGAIN: Duration = Duration::from_secs(10);

/// Where pages are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pages {
    /// At this origin.
    Origin(String),
    /// At this port of the host that was asked, over TLS or not.
    Port(u16, bool),
}

impl Pages {
    /// Their origin for who asked so.
    fn origin(&self, uri: &Uri, headers: &HeaderMap) -> Option<String> {
        let (port, secure) = match self {
            Self::Origin(origin) => return Some(origin.clone()),
            Self::Port(port, secure) => (port, secure),
        };
        let host =
            headers.get(header::HOST).and_then(|h| h.to_str().ok()).or(uri.authority().map(Authority::as_str))?;
        let host = host.parse::<Authority>().ok()?;
        Some(format!("{}://{}:{port}", if *secure { "https" } else { "http" }, host.host()))
    }
}

/// How somebody comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// To hear: they take a seat, or one of those for who has no ticket.
    Sits,
    /// To follow what costs no seat.
    Looks,
}

/// Lets somebody read what a conversation tells of itself: everybody, or, where it is sealed, who comes in.
///
/// # Errors
/// As [`enter`].
pub(crate) fn read(room: &Room, hall: &Hall, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
    let sealed = hall.entrance.is_sealed(&hall.slug);
    if sealed { enter(room, hall, How::Looks, uri, headers).map(drop) } else { Ok(()) }
}

/// Lets somebody in, with the number of their seat if they have a ticket.
///
/// # Errors
/// 503 with `Retry-After` and the address of the page; 403 for a ticket that is none for here; a redirect (303) for a ticket
/// that must be claimed first.
pub(crate) fn enter(
    room: &Room,
    hall: &Hall,
    how: How,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Option<u64>, Problem> {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
    let query = uri.query().unwrap_or_default();
    let entered = match how {
        How::Sits => hall.entrance.enter(&hall.slug, query, now_s),
        How::Looks => hall.entrance.look(&hall.slug, query, now_s),
    };
    entered.map_err(|no| {
        if how == How::Sits {
            hall.attendance.refuse();
        }
        let origin = room.config.pages.as_ref().and_then(|pages| pages.origin(uri, headers));
        let page = origin.as_ref().map(|origin| format!("{origin}/c/{}", hall.slug));
        match (no, page) {
            (NoEntry::Unclaimed, Some(page)) => {
                let to = uri.path().rsplit_once(hall.slug.as_str()).map_or("", |(_, to)| to.trim_start_matches('/'));
                let fields = query.split('&').filter(|pair| pair.starts_with("ticket="));
                let ticket = fields.collect::<Vec<_>>().join("&");
                Problem::elsewhere(format!("{page}/tickets/claim?to={to}&{ticket}"))
            }
            (NoEntry::Invited, _) => Problem::not_found(no.to_string()),
            (NoEntry::Full, page) => Problem::unavailable(no.to_string(), COME_AGAIN).for_humans(page),
            (_, page) => Problem::new(StatusCode::FORBIDDEN, no.to_string()).for_humans(page),
        }
    })
}
