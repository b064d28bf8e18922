// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMeterRegistry} from "./IMeterRegistry.sol";

/// @title What the registry's roles govern
interface IGoverned {
    /// @notice The registry is the zero address.
    error ZeroRegistry();

    /// @notice Stops everything that changes something. Guardian only.
    function pause() external;

    /// @notice Allows changes again. Guardian only.
    function unpause() external;

    /// @notice The registry that says who holds which role, and who may report what.
    function registry() external view returns (IMeterRegistry);
}
