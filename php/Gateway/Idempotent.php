<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

use Apn\AmiClient\Action;
use Apn\AmiClient\CompletionStrategy;
use Apn\AmiClient\InvalidConfigurationException;
use Apn\AmiClient\VersionedAction;

/**
 * An action that is carried out once for its key, however often it is sent: a job that is tried again gets the answer that the first
 * try got, or would have got.
 *
 * The gateway keeps keys for `gateway.keep_seconds` after the answer, and for as long as Redis keeps its data; what no server ever saw
 * is tried again. Sent without a gateway it is the action alone, as nobody remembers keys there.
 */
final readonly class Idempotent implements VersionedAction
{
    /**
     * @param string $key 1 to 200 bytes, such as the id of a job or of an order; it is the same key for whatever server it is sent to
     *
     * @throws InvalidConfigurationException where the key is empty or too long
     */
    public function __construct(public Action $action, public string $key)
    {
        if ($key === '' || \strlen($key) > 200) {
            throw Exceptions::invalid('key', $key, 'key: has ' . \strlen($key) . ' bytes, but must have 1 to 200');
        }
    }

    public function name(): string
    {
        return $this->action->name();
    }

    public function headers(): array
    {
        return $this->action->headers();
    }

    public function completionStrategy(): ?CompletionStrategy
    {
        return $this->action->completionStrategy();
    }

    public function since(): array
    {
        return $this->action instanceof VersionedAction ? $this->action->since() : [];
    }

    public function removedIn(): ?string
    {
        return $this->action instanceof VersionedAction ? $this->action->removedIn() : null;
    }
}
