//! `hustings witness`: cosigns the checkpoints of logs that it follows, if each goes on from the last (C2SP tlog-witness).
//!
//! It is small enough for anybody's machine: no database, a file for each log. It sees checkpoints and no records.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{StatusCode, header};
use hustings_evidence::note::Verifier;
use hustings_evidence::witness::Refusal;
use hustings_ledger::{WitnessState, witness_key};
use hustings_vocab::limits::evidence::{WITNESS_BODY_BYTES_MAX, WITNESSED_LOGS_MAX};

use crate::args::WitnessArgs;
use crate::failure::Failure;
use crate::times::now_ms;

type Kept = Arc<Mutex<WitnessState>>;

/// Runs the command until it is told to end.
pub(crate) async fn run(args: WitnessArgs) -> Result<(), Failure> {
    if args.log.len() > WITNESSED_LOGS_MAX {
        return Err(Failure::usage(format!("at most {WITNESSED_LOGS_MAX} logs")));
    }
    let key = |text: &String| Verifier::parse(text).map_err(|error| Failure::usage(format!("{text:?} is {error}")));
    let logs = args.log.iter().map(key).collect::<Result<_, _>>()?;
    let signer = witness_key(&args.data, &args.name, rand::random())?;
    let state = WitnessState::open(&args.data, signer, logs)?;
    let key = state.verifier().encode();
    let listener = tokio::net::TcpListener::bind(args.listen).await?;
    crate::say(&format!("witness  http://{}", listener.local_addr()?));
    crate::say(&format!("key      {key}"));
    crate::say("ready");
    let kept: Kept = Arc::new(Mutex::new(state));
    let app = Router::new()
        .route("/add-checkpoint", post(add))
        .route("/key", get(move || async move { format!("{key}\n") }))
        .layer(DefaultBodyLimit::max(WITNESS_BODY_BYTES_MAX))
        .with_state(kept);
    axum::serve(listener, app).with_graceful_shutdown(super::interrupted()).await?;
    Ok(())
}

async fn add(State(kept): State<Kept>, body: Bytes) -> Response {
    // A few bytes are brought to the disk before the answer.
    let answer = move || kept.lock().unwrap_or_else(PoisonError::into_inner).answer(&body, now_ms() / 1000);
    match tokio::task::spawn_blocking(answer).await {
        Ok(Ok(Ok(line))) => line.into_response(),
        Ok(Ok(Err(refusal))) => refuse(&refusal),
        Ok(Err(error)) => {
            tracing::error!(%error, "what was seen cannot be kept, so nothing is signed");
            (StatusCode::INTERNAL_SERVER_ERROR, "what was seen cannot be kept\n").into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn refuse(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    if let Refusal::Stale(size) = refusal {
        return (status, [(header::CONTENT_TYPE, "text/x.tlog.size")], format!("{size}\n")).into_response();
    }
    (status, format!("{refusal}\n")).into_response()
}
