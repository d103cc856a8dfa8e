<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Laravel\Connections;

use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\Contracts\ActionSender;
use Apn\AmiClient\Contracts\AmiClientManager;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Laravel\Connections\ProcessConnections;
use Apn\AmiClient\Laravel\Facades\Ami;
use Apn\AmiClient\RoundRobin;
use Apn\AmiClient\Tests\Laravel\Support\Octane;
use Apn\AmiClient\Tests\Laravel\TestCase;
use Apn\AmiClient\Tests\Support\Mode;
use Apn\AmiClient\Tests\Support\Simulator;
use Illuminate\Foundation\Application;
use Illuminate\Queue\Events\Looping;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;

#[RequiresPhpExtension('apn_ami')]
#[Group('extension')]
final class ProcessConnectionsTest extends TestCase
{
    private Simulator $simulator;

    protected function setUp(): void
    {
        parent::setUp();
        if (!Simulator::isThere()) {
            self::markTestSkipped('the simulator has not been built');
        }
        $this->simulator = new Simulator('--nodes', '2', '--calls', '0');
    }

    protected function config(): array
    {
        return ['ami-client.servers' => $this->simulator->servers(), 'ami-client.options' => Mode::options()] + parent::config();
    }

    public function test_an_action_of_a_request_connects_and_leaves_without_being_waited_for(): void
    {
        $app = $this->app();
        $pending = Ami::send(new GenericAction('Ping'));
        self::assertFalse($pending->isComplete());

        $app->terminate();

        self::assertSame('Pong', $pending->response()?->get('Ping'));
        self::assertSame([ConnectionState::Disconnected, ConnectionState::Disconnected], array_values(Ami::states()));
    }

    public function test_an_action_for_one_server_connects_it_and_no_other(): void
    {
        $this->app();
        [$first, $second] = Ami::serverKeys();

        self::assertSame('Pong', Ami::server($second)->send(new GenericAction('Ping'))->await()->get('Ping'));

        self::assertSame([$first => ConnectionState::Disconnected, $second => ConnectionState::Ready], Ami::states());
    }

    public function test_a_worker_keeps_its_connection_and_forgets_the_listeners_of_a_request(): void
    {
        $octane = new Octane($this->app());
        $heard = [];
        $sessions = [];
        for ($request = 1; $request <= 3; $request++) {
            $sessions[] = $octane->request(static function () use (&$heard, $request): int {
                $listener = static function () use (&$heard, $request): void {
                    $heard[] = $request;
                };
                Ami::onEvent('UserEvent', $listener);
                Ami::default()->onAnyEvent($listener, ['Event' => 'UserEvent']);
                self::raise("request $request");

                return self::sessions();
            });
        }

        self::assertSame([1, 1, 2, 2, 3, 3], $heard);
        self::assertSame([1, 1, 1], $sessions, 'each request logged in anew');
    }

    public function test_listeners_of_the_boot_are_there_in_each_request(): void
    {
        $octane = new Octane($this->app());
        $heard = 0;
        Ami::onEvent('UserEvent', static function () use (&$heard): void {
            $heard++;
        });

        $octane->request(static fn() => self::raise('first'));
        $octane->request(static fn() => self::raise('second'));

        self::assertSame(2, $heard);
    }

    public function test_what_a_request_changed_for_good_goes_with_its_manager(): void
    {
        $octane = new Octane($this->app());
        $octane->request(static fn() => Ami::routing(new RoundRobin())->removeServer(Ami::serverKeys()[0]));

        self::assertCount(2, $octane->request(static fn(): array => Ami::serverKeys()));
    }

    public function test_the_configuration_of_one_request_is_not_that_of_the_next(): void
    {
        $octane = new Octane($this->app());
        $servers = $this->simulator->servers();
        $octane->request(static function () use ($servers): void {
            config(['ami-client.servers' => ['tenant' => reset($servers)]]);
            self::assertSame(['tenant'], Ami::serverKeys());
        });

        self::assertSame(array_keys($servers), $octane->request(static fn(): array => Ami::serverKeys()));
    }

    public function test_an_injected_manager_stays_usable_for_as_long_as_its_request(): void
    {
        $octane = new Octane($this->app());

        $pong = $octane->request(static fn(Application $app): ?string => $app->make(AmiClientManager::class)->call(new GenericAction('Ping'))->get('Ping'));

        self::assertSame('Pong', $pong);
    }

    public function test_a_queue_worker_forgets_the_listeners_of_a_job_before_the_next(): void
    {
        $app = $this->app();
        $heard = 0;
        for ($job = 0; $job < 2; $job++) {
            self::assertNull($app->make(\Illuminate\Contracts\Events\Dispatcher::class)->until(new Looping('redis', 'default')), 'the worker would pause');
            Ami::onEvent('UserEvent', static function () use (&$heard): void {
                $heard++;
            });
            self::raise("job $job");
        }

        self::assertSame(2, $heard);
        self::assertSame(1, self::sessions());
    }

    public function test_the_child_of_a_fork_has_connections_of_its_own(): void
    {
        if (!\function_exists('pcntl_fork')) {
            self::markTestSkipped('there is no pcntl');
        }
        $this->app();
        self::assertSame('Pong', Ami::call(new GenericAction('Ping'))->get('Ping'));
        $child = pcntl_fork();
        if ($child === 0) {
            try {
                $pong = Ami::call(new GenericAction('Ping'))->get('Ping');
                app()->terminate();
            } finally {
                // Without PHPUnit's own end of the process.
                posix_kill((int) getmypid(), ($pong ?? '') === 'Pong' ? \SIGUSR1 : \SIGKILL);
            }
        }
        pcntl_waitpid($child, $status);

        self::assertSame(\SIGUSR1, \is_int($status) ? pcntl_wtermsig($status) : null);
        self::assertSame('Pong', Ami::call(new GenericAction('Ping'))->get('Ping'));
        self::assertSame(1, self::sessions(), 'the parent lost its session');
    }

    public function test_a_session_that_ended_while_nobody_ticked_costs_no_action(): void
    {
        $this->simulator = new Simulator('--nodes', '1', '--calls', '0', '--stdin');
        // In the background, a thread sees it when it comes to run.
        $this->boot(['ami-client.servers' => $this->simulator->servers(), 'ami-client.options' => ['io' => 'inline']]);
        Ami::call(new GenericAction('Ping'));
        $senders = [Ami::getFacadeRoot(), Ami::default()];
        foreach ($senders as $sender) {
            self::assertInstanceOf(ActionSender::class, $sender);
            $this->simulator->command('* fault reset');
            $this->simulator->command('* fault clear');
            self::waitUntilCut(array_values($this->simulator->nodes)[0]);

            self::assertSame('Pong', $sender->send(new GenericAction('Ping'))->await()->get('Ping'));
        }
        self::assertSame(3, self::sessions());
    }

    public function test_records_go_to_the_log_channel_that_is_configured(): void
    {
        $file = $this->folder() . '/ami.log';
        $this->boot(['ami-client.log_channel' => 'ami', 'logging.channels.ami' => ['driver' => 'single', 'path' => $file]]);
        Ami::default()->waitUntilReady();

        $log = (string) file_get_contents($file);
        self::assertStringContainsString('ready {"server_key":"' . Ami::default()->serverKey() . '"', $log);
        self::assertStringNotContainsString('s3cret', $log);
    }

    public function test_an_application_that_used_nothing_closes_nothing(): void
    {
        $app = $this->app();
        $app->terminate();

        self::assertFalse($app->make(ProcessConnections::class)->isOpen());
    }

    /** Until the system knows of no open connection to this port any more, whatever this process has heard of it. */
    private static function waitUntilCut(int $port): void
    {
        $isOpen = static fn(): bool => preg_match(\sprintf('/^ *\d+: \S+ \S+:%04X 01 /m', $port), (string) file_get_contents('/proc/net/tcp')) === 1;
        for ($end = hrtime(true) + 30_000_000_000; $isOpen(); usleep(1_000)) {
            self::assertLessThan($end, hrtime(true), 'the connection is still open');
        }
    }

    /** How often the default server was logged in to. */
    private static function sessions(): int
    {
        $sessions = Ami::default()->health()['sessions'];
        self::assertIsInt($sessions);

        return $sessions;
    }

    private static function raise(string $what): void
    {
        Ami::default()->call(new GenericAction('UserEvent', ['UserEvent' => 'Test', 'What' => $what]));
        // The event follows its answer.
        Ami::default()->call(new GenericAction('Ping'));
        Ami::tickAll();
    }
}
