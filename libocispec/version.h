/* version.h - the version of the runtime-spec that oci.desc describes */
#pragma once

#define OCI_VERSION "1.3.0"
