// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice A coin that calls its target, once, in the middle of every transfer: what a malicious token would do.
contract CallingCoin is ERC20("Calling", "CALL") {
    address private _target;
    bytes private _data;
    /// @notice What the call came to.
    bool public succeeded;
    bytes public answer;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function callInTransfers(address target, bytes calldata data) external {
        _target = target;
        _data = data;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        address target = _target;
        if (target == address(0) || from == address(0)) return;
        _target = address(0);
        (succeeded, answer) = target.call(_data);
    }
}
