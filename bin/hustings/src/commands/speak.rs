use crate::failure::Failure;
pub(crate) async fn run(_: crate::args::Speak) -> Result<(), Failure> {
    Err(Failure::failed(""))
}
