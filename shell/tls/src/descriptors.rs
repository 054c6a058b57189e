//! Room for connections: how many descriptors the process may have.
//!
//! A shell gives its children 1,024 and lets them ask for more; each connection takes one.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Asks for as many descriptors as the system allows this process, and says how many that is; `None` if without limit.
///
/// # Errors
/// What the system says.
pub fn raise_descriptors() -> io::Result<Option<u64>> {
    let hard = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: hard, maximum: hard })?;
    Ok(hard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_gets_all_that_it_may_have() {
        let allowed = raise_descriptors().unwrap();
        assert_eq!(getrlimit(Resource::Nofile).current, allowed);
    }
}
