use crate::failure::Failure;
pub(crate) async fn run(_: crate::args::Demo) -> Result<(), Failure> {
    Err(Failure::failed(""))
}
