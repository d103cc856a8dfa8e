<?php

declare(strict_types=1);

namespace Apn\AmiClient\Gateway;

use Apn\AmiClient\CompletionStrategy;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\VersionedAction;

/**
 * An action that came through the gateway, and that not every Asterisk has.
 *
 * @internal
 */
final readonly class RebuiltAction implements VersionedAction
{
    /** @param list<string> $since */
    public function __construct(private GenericAction $action, private array $since, private ?string $removedIn) {}

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
        return $this->since;
    }

    public function removedIn(): ?string
    {
        return $this->removedIn;
    }
}
