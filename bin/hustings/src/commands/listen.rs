use crate::failure::Failure;
pub(crate) async fn run(_: crate::args::Listen) -> Result<(), Failure> {
    Err(Failure::failed(""))
}
