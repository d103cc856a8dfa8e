<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Console;

use Apn\AmiClient\Action;
use Apn\AmiClient\AmiException;
use Apn\AmiClient\Console\ActionInput;
use Apn\AmiClient\Console\ActionRisk;
use Apn\AmiClient\Console\AnswerView;
use Apn\AmiClient\Contracts\AmiClientManager;
use Apn\AmiClient\Contracts\PendingAction;
use Apn\AmiClient\Gateway\ActionNotAllowedException;
use Apn\AmiClient\Native\NativeManager;
use Illuminate\Console\ConfirmableTrait;

/** Sends an action and shows its answer. */
final class ActionCommand extends TerminalCommand
{
    use ConfirmableTrait;

    protected $signature = 'ami:action
        {name : The name of the action, such as Ping or QueueStatus}
        {headers?* : What it takes, as Channel=PJSIP/alice Context=default}
        {--server= : The key of the server; the default one unless it is named}
        {--timeout= : Most seconds to wait for the answer; 10, or what the gateway has}
        {--direct : Over a connection of its own, where a gateway is set up}
        {--json : For programs}
        {--usage : Says what the action takes, and sends nothing}
        {--as-given : Sends names that are not known, too}
        {--force : Sends what changes something in production without asking}';

    protected $description = 'Send an action to Asterisk and show its answer (exit code 1: it failed, 2: it was not sent)';

    protected function perform(): int
    {
        $name = $this->argument('name');
        $name = \is_string($name) ? $name : '';
        if ($this->option('usage') === true) {
            return $this->usage($name);
        }
        $given = $this->argument('headers');
        $action = ActionInput::read($name, array_values(array_filter(\is_array($given) ? $given : [], is_string(...))), $this->option('as-given') === true);
        $config = $this->config();
        $milliseconds = (int) (($this->seconds('timeout', $config->gateway->timeoutMs / 1000) ?? 10.0) * 1000);
        $server = $this->stringOrNull('server');
        if (ActionRisk::changesSomething($action) && !$this->confirmToProceed("{$action->name()} may change something on " . ($server ?? 'the default server') . '.')) {
            return self::REFUSED;
        }
        $manager = $this->option('direct') === true
            ? new NativeManager($this->connections($config, $server === null ? null : [$server]))
            : $this->laravel->make(AmiClientManager::class);
        try {
            return $this->send($manager, $server, $action, $milliseconds);
        } finally {
            if ($manager instanceof NativeManager) {
                $this->leave($manager->native());
            }
        }
    }

    private function send(AmiClientManager $manager, ?string $server, Action $action, int $milliseconds): int
    {
        $client = $server === null ? $manager->default() : $manager->server($server);
        $pending = null;
        try {
            $until = hrtime(true) + $milliseconds * 1_000_000;
            $pending = $client->waitUntilReady($milliseconds)->send($action);
            $pending->await(max(1, (int) (($until - hrtime(true)) / 1_000_000)));
            $error = null;
        } catch (AmiException $error) {
            // Shown below, with what was answered.
        }
        $this->show($pending, $error);

        return match (true) {
            $error === null => self::SUCCESS,
            $pending === null => self::REFUSED,
            default => self::FAILURE,
        };
    }

    private function show(?PendingAction $pending, ?AmiException $error): void
    {
        $response = $pending?->response();
        $view = $response === null ? null : new AnswerView($response, $pending->events());
        if ($this->option('json') === true) {
            $answer = $view?->toArray() ?? ['server' => $pending?->serverKey(), 'success' => false, 'response' => null, 'output' => null, 'events' => []];
            $screen = $this->screen(true, isPatient: true);
            $screen->whole(self::json([...$answer, 'success' => $error === null, 'error' => $error === null ? null : ['class' => $error::class, 'message' => $error->getMessage()]], \JSON_PRETTY_PRINT));
            $screen->finish(5.0);

            return;
        }
        $screen = $this->screen(isPatient: true);
        foreach ($view?->lines($screen->columns()) ?? [] as $line) {
            $screen->whole($line);
        }
        $screen->finish(5.0);
        if ($error !== null) {
            $this->complain($error->getMessage() . ($error instanceof ActionNotAllowedException ? '; --direct goes around it, over a connection of its own' : ''));
        }
    }

    private function usage(string $name): int
    {
        $lines = ActionInput::usage($name);
        if ($lines === []) {
            // Says which one was probably meant.
            ActionInput::read($name, []);
        }
        foreach ($lines as $line) {
            $this->line('  ' . $line);
        }

        return self::SUCCESS;
    }
}
