// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IGoverned} from "./interfaces/IGoverned.sol";
import {IMeterRegistry} from "./interfaces/IMeterRegistry.sol";
import {Roles} from "./libraries/Roles.sol";

/// @title Governed
/// @notice A contract that asks the community's registry who may do what, and that its guardian may pause.
abstract contract Governed is IGoverned, Pausable {
    /// @inheritdoc IGoverned
    IMeterRegistry public immutable registry;

    modifier onlyCommunity(bytes32 role) {
        _checkRole(role);
        _;
    }

    constructor(IMeterRegistry registry_) {
        if (address(registry_) == address(0)) revert ZeroRegistry();
        registry = registry_;
    }

    /// @inheritdoc IGoverned
    function pause() external onlyCommunity(Roles.GUARDIAN) {
        _pause();
    }

    /// @inheritdoc IGoverned
    function unpause() external onlyCommunity(Roles.GUARDIAN) {
        _unpause();
    }

    function _checkRole(bytes32 role) private view {
        if (!IAccessControl(address(registry)).hasRole(role, msg.sender)) {
            revert IAccessControl.AccessControlUnauthorizedAccount(msg.sender, role);
        }
    }
}
