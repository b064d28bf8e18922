// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ERC20Capped} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Capped.sol";
import {Governed} from "./Governed.sol";
import {PermittedERC20} from "./PermittedERC20.sol";
import {IMeterRegistry} from "./interfaces/IMeterRegistry.sol";
import {Roles} from "./libraries/Roles.sol";

/// @title DaiseeCoin
/// @notice What members pay each other with: one coin stands for one unit of the money that the community's treasurer took in for
/// it (a euro, say), and is burnt when that is paid out. ERC-20 with permit (ERC-2612); {decimals} is 6.
contract DaiseeCoin is ERC20Burnable, ERC20Capped, PermittedERC20, Governed {
    /// @param cap_ Most coins that there may ever be at once, in millionths.
    constructor(IMeterRegistry registry_, uint256 cap_)
        ERC20("DAISEE Coin", "DAISEE")
        ERC20Capped(cap_)
        Governed(registry_)
    {}

    /// @notice Makes coins for money that was paid in. Treasurer only.
    /// @param amount Millionths of a coin.
    function mint(address to, uint256 amount) external onlyCommunity(Roles.TREASURER) {
        _mint(to, amount);
    }

    /// @notice A millionth of a coin is the smallest amount: fine enough for a milliwatt-hour at 1 coin per kWh.
    function decimals() public pure override returns (uint8) {
        return 6;
    }

    /// @dev Every transfer, mint and burn comes through here.
    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Capped) whenNotPaused {
        super._update(from, to, value);
    }
}
