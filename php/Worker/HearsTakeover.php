<?php

declare(strict_types=1);

namespace Apn\AmiClient\Worker;

use Apn\AmiClient\ConnectionGap;

/**
 * A service that wants to know which events nobody has seen because one worker took over from another ({@see Leadership}).
 *
 * What is missed while a worker itself is without a session it hears from {@see \Apn\AmiClient\Contracts\AmiClientManager::onGap()}.
 */
interface HearsTakeover extends Service
{
    /**
     * Once for each server after a takeover, when it is ready: what happened in between is in no event.
     *
     * @param ConnectionGap $gap its `reason` is `takeover`; `from` is until when the worker before had surely handed on what it read
     */
    public function onTakeover(ConnectionGap $gap): void;
}
