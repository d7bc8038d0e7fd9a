package deployer;

import com.hashicorp.nomad.apimodel.AllocationListStub;
import com.hashicorp.nomad.apimodel.DesiredUpdates;
import com.hashicorp.nomad.apimodel.Job;
import com.hashicorp.nomad.javasdk.ErrorResponseException;
import com.hashicorp.nomad.javasdk.JobsApi;
import com.hashicorp.nomad.javasdk.NomadApiClient;
import com.hashicorp.nomad.javasdk.NomadApiConfiguration;
import com.hashicorp.nomad.javasdk.NomadException;
import com.hashicorp.nomad.javasdk.QueryOptions;
import com.hashicorp.nomad.javasdk.WaitStrategy;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** Deploys jobs with nomad-sdk, and watches them with blocking queries. */
public final class Deployer implements AutoCloseable {
    private static final int WAIT = 60; // seconds that a blocking query may take
    private static final List<Integer> PAUSES = List.of(50, 100, 200);

    private final NomadApiClient client;
    private final JobsApi jobs;

    /** Makes a deployer for the Nomad at an address, such as http://127.0.0.1:4646. */
    public Deployer(String address) {
        client = new NomadApiClient(new NomadApiConfiguration.Builder().setAddress(address).build());
        jobs = client.getJobsApi();
    }

    /** Registers a job, new or changed. Each attempt looks first, since the one before may have been carried out. */
    public void deploy(Job job) throws IOException, NomadException, InterruptedException {
        again(() -> jobs.register(job, index(job.getId())));
    }

    /** Watches until so many allocations of a job run. */
    public void waitUntilRunning(String jobId, int count, Duration limit)
            throws IOException, NomadException, InterruptedException, TimeoutException {
        var index = BigInteger.ZERO;
        for (long until = System.nanoTime() + limit.toNanos(); System.nanoTime() < until; ) {
            var asked = new QueryOptions<List<AllocationListStub>>();
            if (index.signum() > 0) {
                asked.setIndex(index).setWaitStrategy(WaitStrategy.waitForSeconds(WAIT));
            }
            var found = again(() -> jobs.allocations(jobId, asked));
            if (found.getValue().stream().filter(each -> "running".equals(each.getClientStatus())).count() == count) {
                return;
            }
            var seen = found.getIndex();
            if (seen.equals(index)) {
                Thread.sleep(100); // nothing new came; a query with index 0 never waits
            }
            // when it goes back the server was restored, so ask anew
            index = seen.compareTo(index) < 0 ? BigInteger.ZERO : seen;
        }
        throw new TimeoutException(jobId + " has not " + count + " running allocations after " + limit);
    }

    /** Changes the count of a group in the job as it is now, and returns what the plan says. */
    public DesiredUpdates scale(String jobId, String group, int count)
            throws IOException, NomadException, InterruptedException {
        return again(() -> {
            var job = jobs.info(jobId).getValue();
            job.getTaskGroups().stream().filter(one -> one.getName().equals(group)).forEach(one -> one.setCount(count));
            var plan = jobs.plan(job, true).getValue();
            jobs.register(job, plan.getJobModifyIndex());
            return plan.getAnnotations().getDesiredTgUpdates().get(group);
        });
    }

    /** Starts a parameterized job, and returns the ID of the child. Each call starts one, so it is not repeated. */
    public String dispatch(String jobId, byte[] payload, Map<String, String> meta) throws IOException, NomadException {
        return jobs.dispatch(jobId, meta, payload).getValue().getDispatchedJobId();
    }

    /** Launches a periodic job now, and returns the ID of the evaluation. */
    public String launch(String jobId) throws IOException, NomadException {
        return jobs.periodicForce(jobId).getValue();
    }

    /** Stops a job; one that is not there is stopped already. */
    public void stop(String jobId) throws IOException, NomadException, InterruptedException {
        again(() -> jobs.deregister(jobId));
    }

    @Override
    public void close() throws IOException {
        client.close();
    }

    private BigInteger index(String jobId) throws IOException, NomadException {
        try {
            return jobs.info(jobId).getValue().getJobModifyIndex();
        } catch (ErrorResponseException error) {
            if (error.getServerErrorCode() == 404) {
                return BigInteger.ZERO;
            }
            throw error;
        }
    }

    private interface Call<T> {
        T now() throws IOException, NomadException;
    }

    /** Calls, and calls again when the server or the network fails. A 4xx is our own mistake, and stays one. */
    private static <T> T again(Call<T> call) throws IOException, NomadException, InterruptedException {
        for (var pause : PAUSES) {
            try {
                return call.now();
            } catch (ErrorResponseException error) {
                if (error.getServerErrorCode() < 500) {
                    throw error;
                }
            } catch (IOException broken) {
                // the connection broke: whether the request was carried out is not known
            }
            Thread.sleep(pause);
        }
        return call.now();
    }
}
