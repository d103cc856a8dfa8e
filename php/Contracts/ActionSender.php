<?php

declare(strict_types=1);

namespace Apn\AmiClient\Contracts;

use Apn\AmiClient\Action;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\AmiResponse;

/**
 * Sends actions. Who does not care which server answers, and by which way, asks for this.
 */
interface ActionSender
{
    /**
     * Sends an action, and returns without waiting for what comes of it.
     *
     * @throws AmiException where it cannot be sent: nothing was written then
     */
    public function send(Action $action): PendingAction;

    /**
     * Sends an action and waits for its answer.
     *
     * @param int $timeoutMs most milliseconds to wait
     *
     * @throws AmiException where it cannot be sent, is refused by the server, or is not answered in time
     */
    public function call(Action $action, int $timeoutMs = 10000): AmiResponse;
}
