/// The standard's demands, on the rig. A test's name begins with the item's id in the conformance
/// reference (EP-04, WX-01, ...). Start at [EndpointTest].
@NullMarked
package dev.credence.e2e.conformance;

import org.jspecify.annotations.NullMarked;
